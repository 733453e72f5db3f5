"""What is there already and would be replaced, dropped or kept against the wish: nothing of it unsaid. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from redshift_migrate.models import settings
from redshift_migrate.models.finding import Finding, Level
from redshift_migrate.models.parameters import DEFAULTS
from redshift_migrate.models.plan import SettingChange, Step
from redshift_migrate.models.serverless import AbsentTarget, ServerlessConfig, ServerlessTarget
from redshift_migrate.planner.building import CREATE_NAMESPACE_ID, CREATE_WORKGROUP_ID
from redshift_migrate.planner.rows import changes_of, net

_SETTINGS = {row.member: row for row in (*settings.NAMESPACE, *settings.WORKGROUP, settings.RESOURCE_POLICY)} | {
    f"snapshot_copy.{row.member}": row for row in settings.SNAPSHOT_COPY
}
_PARAMETER = settings.parameter_member("")
_PRECIOUS = {row.member for row in (settings.KMS_KEY, settings.ADMIN_PASSWORD, settings.RESOURCE_POLICY)} | {
    "snapshot_copy.destination_kms_key_id",
    "snapshot_copy.destination_region",
}
"""Of which an earlier value cannot simply be set again, or takes something along."""


def replaced_findings(
    wanted: ServerlessConfig, target: ServerlessTarget | AbsentTarget, steps: Iterable[Step]
) -> tuple[Finding, ...]:
    """One for each value of its own that the target has and a step changes, and for each that no step can change."""
    if isinstance(target, AbsentTarget):
        return ()
    made = [step for step in steps if step.id not in (CREATE_NAMESPACE_ID, CREATE_WORKGROUP_ID)]
    return (*_find_replaced(made), *_find_lasting(wanted, target.config))


def _find_replaced(steps: Sequence[Step]) -> Iterator[Finding]:
    changes = [(step, change) for step in steps for change in changes_of(step, step.check.before)]
    dropped_of = {change.member: _find_dropped(step, change.member) for step, change in changes}
    for change in net(change for _, change in changes):
        if not change.member or change.now in (None, "none", _untouched_value(change.member)):
            continue
        dropped = dropped_of[change.member]
        if dropped:
            yield _finding("warning", change, f"Would be dropped, and {_are(dropped)} there now: {_all(dropped)}.")
        elif change.after is None:
            yield _finding("warning", change, f"{change.now} is there now and would be removed.")
        elif dropped is None:
            level: Level = "warning" if change.member in _PRECIOUS or change.member == "tags" else "info"
            yield _finding(level, change, f"{change.now} is there now and would become {change.after}.")


def _untouched_value(member: str) -> str | None:
    """What it is where nobody set it."""
    if member.startswith(_PARAMETER):
        return DEFAULTS.get(member.removeprefix(_PARAMETER))
    row = _SETTINGS.get(member)
    return row.tell(row.fresh) if row and row.fresh is not None else None


def _find_dropped(step: Step, member: str) -> list[str] | None:
    """Of a setting that is a list, what would not be in it any more; None for any other."""
    before, after = (step.check.before or {}).get(member), (step.check.after or {}).get(member)
    if not isinstance(before, list) or not isinstance(after, list):
        return None
    return [str(item) for item in before if item not in after]


def _find_lasting(wanted: ServerlessConfig, now: ServerlessConfig) -> Iterator[Finding]:
    """What a namespace has for good. Source: API reference, UpdateNamespace."""
    wished, there = wanted.db_name, now.db_name
    if wished is not None and there is not None and wished != there:
        row = settings.DB_NAME
        yield Finding(
            level="warning",
            subject=row.subject,
            setting=row.words,
            message=f"The first database of the namespace is {there}, and cannot become {wished} any more.",
            after=there,
        )


def _finding(level: Level, change: SettingChange, message: str) -> Finding:
    return Finding(level=level, subject=change.subject, setting=change.setting, message=message, after=change.after)


def _are(items: list[str]) -> str:
    return "is" if len(items) == 1 else "are"


def _all(items: list[str]) -> str:
    return ", ".join(sorted(items))
