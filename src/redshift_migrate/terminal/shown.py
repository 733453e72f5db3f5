"""What commands answer with: values that only the last step draws, as text, as rich tables, or as JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from redshift_migrate.errors import RedshiftMigrateError
    from redshift_migrate.models.plan import MigrationPlan


@dataclass(frozen=True)
class Words:
    """A few sentences."""

    text: str


@dataclass(frozen=True)
class Table:
    """Rows under headings; `note` follows them, and stands alone when there are no rows."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    title: str = ""
    note: str = ""


@dataclass(frozen=True)
class Listing:
    """Entries under a title: a name and what is said of it. Nothing in them is cut."""

    title: str
    rows: tuple[tuple[str, str], ...]
    style: str = ""
    """How urgent it is, as the group of a finding."""
    is_verbatim: bool = False
    """To be copied as it is: no line of it is broken."""


@dataclass(frozen=True)
class Data:
    """A JSON value for which no table fits."""

    value: Any
    title: str = ""


@dataclass(frozen=True)
class PlanShown:
    """A plan. `approve_with` is the command that would approve it, empty when it is approved or not to be."""

    plan: MigrationPlan
    approve_with: str = ""
    done: tuple[str, ...] = ()
    """Steps that a run of it, which stopped, has behind it."""
    beside: tuple[str, ...] = ()
    """What stands beside it and is no part of it: who looked, and what the cluster was estimated to cost."""


@dataclass(frozen=True)
class Problem:
    """What went wrong, and the next step."""

    message: str
    hint: str = ""
    code: str = "error"
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Several:
    """One after the other."""

    parts: tuple[Shown, ...]


Shown = Words | Table | Listing | Data | PlanShown | Problem | Several


def problem(error: RedshiftMigrateError) -> Problem:
    """One of our errors, to be shown."""
    return Problem(error.message, error.hint, error.code, error.data)


def plans_in(shown: Shown) -> tuple[MigrationPlan, ...]:
    """The plans that are part of it."""
    if isinstance(shown, Several):
        return tuple(plan for part in shown.parts for plan in plans_in(part))
    return (shown.plan,) if isinstance(shown, PlanShown) else ()


def has_problem(shown: Shown) -> bool:
    """True when any part of it is a problem."""
    if isinstance(shown, Several):
        return any(has_problem(part) for part in shown.parts)
    return isinstance(shown, Problem)


def as_json(shown: Shown) -> Any:
    """The same as a JSON value."""
    match shown:
        case Words(text):
            return {"text": text}
        case Table(columns, rows, title, note):
            return {"title": title, "rows": [dict(zip(columns, row, strict=True)) for row in rows], "note": note}
        case Listing(title, entries):
            return {"title": title, "rows": [{"name": name, "text": text} for name, text in entries]}
        case Data(value):
            return value
        case PlanShown(plan, approve_with, done, beside):
            findings = [found.in_full() for found in plan.findings]
            return {
                "plan_digest": plan.digest,
                "approve_with": approve_with,
                "beside": list(beside),
                "steps_done": list(done),
                "plan": plan.as_json() | {"findings": findings},
            }
        case Problem(message, hint, code, data):
            return {"code": code, "message": message, "hint": hint, **data}
        case Several(parts):
            return [as_json(part) for part in parts]
