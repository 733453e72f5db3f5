"""What came of comparing what was asked for with what is there."""

from __future__ import annotations

from redshift_migrate.models.base import Value
from redshift_migrate.models.finding import Finding
from redshift_migrate.models.plan import SettingChange


class Drift(Value):
    """One setting that is not as it was asked for, in the words of the plan's table."""

    setting: str
    asked: str | None = None
    found: str | None = None
    step_id: str = ""
    """The step that would mend it."""
    summary: str = ""


class Verification(Value):
    """The answer: nothing in `drift` means that everything is as asked for, or on its way there."""

    title: str
    region: str
    against: str
    """What it was compared with."""
    coverage: str
    """What was compared, and what was not."""
    migration_id: str | None = None
    settings: tuple[SettingChange, ...] = ()
    drift: tuple[Drift, ...] = ()
    pending: tuple[Drift, ...] = ()
    """What was asked for and AWS has not done yet."""
    findings: tuple[Finding, ...] = ()
    plan_digest: str | None = None
    """The plan that would mend the drift."""
