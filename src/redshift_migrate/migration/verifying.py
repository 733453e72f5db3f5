"""Any day after a migration: is everything still as it was asked for? Reads only."""

from __future__ import annotations

from redshift_migrate.aws.door import Aws
from redshift_migrate.errors import ClusterNotFound
from redshift_migrate.migration.planning import Planner
from redshift_migrate.migration.probing import probe, same
from redshift_migrate.models.base import Json, Value
from redshift_migrate.models.choices import NO_DATA, MigrationChoices
from redshift_migrate.models.finding import Finding, Subject
from redshift_migrate.models.journal import Journal
from redshift_migrate.models.plan import MigrationPlan, SettingChange, Step, resolved
from redshift_migrate.models.request import MigrateCluster
from redshift_migrate.planner.data import RESTORE_ID, SNAPSHOT_ID
from redshift_migrate.planner.namespace import CREATE_ID as NAMESPACE_ID
from redshift_migrate.state.store import Store


class Drift(Value):
    """One thing that is not as it was asked for."""

    step_id: str
    summary: str
    asked: Json = None
    found: Json = None


class Verification(Value):
    """The answer: nothing in `drift` means that everything is as asked for."""

    cluster_id: str
    namespace_name: str
    workgroup_name: str
    region: str
    against: str
    """What it was compared with: the cluster as it is now, or what the migration wrote down."""
    migration_id: str | None = None
    settings: tuple[SettingChange, ...] = ()
    drift: tuple[Drift, ...] = ()
    findings: tuple[Finding, ...] = ()
    plan_digest: str | None = None
    """The plan that would mend the drift."""


def verify(aws: Aws, planner: Planner, store: Store, request: MigrateCluster) -> Verification:
    """Plan again and tell what is left. The choices of an earlier run are taken from its journal.

    When the cluster is gone, what the run wrote is read back instead.
    """
    journal = newest_migration(store, request, aws.identity(request.region).account_id)
    asked = _asked(request, journal)
    try:
        plan = planner.plan(asked)
    except ClusterNotFound:
        if journal is None:
            raise
        return _from_journal(aws, request, journal)
    if not plan.is_empty:
        store.save_plan(plan)
    return _verification(request, journal, plan)


def newest_migration(store: Store, request: MigrateCluster, account_id: str) -> Journal | None:
    """The newest run for the same cluster and namespace in that account: one state folder may know several."""
    for journal in store.journals():
        earlier = journal.header.plan.request
        if journal.header.account_id != account_id or not isinstance(earlier, MigrateCluster):
            continue
        if _pair(earlier) == _pair(request):
            return journal
    return None


def _pair(request: MigrateCluster) -> tuple[str, str, str]:
    return request.region, request.choices.cluster_id, request.choices.namespace_name


def _asked(request: MigrateCluster, journal: Journal | None) -> MigrateCluster:
    earlier = journal.header.plan.request if journal else None
    if isinstance(earlier, MigrateCluster):
        return earlier
    choices: MigrationChoices = request.choices.model_copy(update={"data": NO_DATA})
    return request.model_copy(update={"choices": choices})


def _verification(request: MigrateCluster, journal: Journal | None, plan: MigrationPlan) -> Verification:
    return Verification(
        cluster_id=request.choices.cluster_id,
        namespace_name=request.choices.namespace_name,
        workgroup_name=request.choices.workgroup_name,
        region=request.region,
        against="the cluster as it is now",
        migration_id=journal.migration_id if journal else None,
        settings=plan.changes,
        drift=tuple(_missing(step) for step in plan.steps),
        findings=_open_findings(plan.findings, journal),
        plan_digest=None if plan.is_empty else plan.digest,
    )


def _open_findings(findings: tuple[Finding, ...], journal: Journal | None) -> tuple[Finding, ...]:
    """Without those about moving the data, once it is moved: the cluster may be paused, the namespace is in use."""
    if journal is None or RESTORE_ID not in journal.done_steps():
        return findings
    return tuple(
        finding for finding in findings if finding.subject != Subject.DATA and finding.setting != "cluster status"
    )


def _missing(step: Step) -> Drift:
    return Drift(step_id=step.id, summary=step.summary, asked=step.check.after, found=step.check.before)


def _from_journal(aws: Aws, request: MigrateCluster, journal: Journal) -> Verification:
    outputs, plan = journal.outputs(), journal.header.plan
    drift: list[Drift] = []
    for step in _lasting_steps(journal):
        wanted = _lasting(step, resolved(step.check.after, outputs))
        found = _lasting(step, probe(aws, step.check, outputs).value)
        if not same(found, wanted):
            drift.append(Drift(step_id=step.id, summary=step.summary, asked=wanted, found=found))
    return Verification(
        cluster_id=request.choices.cluster_id,
        namespace_name=request.choices.namespace_name,
        workgroup_name=request.choices.workgroup_name,
        region=request.region,
        against="what the migration wrote down; the cluster is gone",
        migration_id=journal.migration_id,
        settings=plan.changes,
        drift=tuple(drift),
        findings=_open_findings(plan.findings, journal),
    )


def _lasting_steps(journal: Journal) -> tuple[Step, ...]:
    """The done steps whose value is meant to stay: not the snapshot, and of several that set one thing the last."""
    last: dict[str, Step] = {}
    for step_id in journal.done_steps():
        if step_id != SNAPSHOT_ID:
            step = journal.header.plan.step(step_id)
            last[step.check.place] = step
    return tuple(last.values())


def _lasting(step: Step, value: Json) -> Json:
    """Without what is meant to change later: the placeholder for the admin user, and the switch of a cut-over."""
    passing = {NAMESPACE_ID: "admin_username"}.get(step.id)
    if step.subject == Subject.SCHEDULED_QUERIES:
        passing = "state"
    return {name: one for name, one in value.items() if name != passing} if isinstance(value, dict) else value
