"""The wish of a whole cut-over: clients, queries and schedules go to serverless, and nothing acts on the cluster."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from redshift_migrate.assessment.data_check import BY_METHOD
from redshift_migrate.aws.door import Aws
from redshift_migrate.errors import PlanBlocked
from redshift_migrate.extractors.provisioned import extract_cluster
from redshift_migrate.migration.cut_over import choices_of, refuse_half_way, wish_for_queries
from redshift_migrate.migration.data_checks import data_check_after
from redshift_migrate.migration.fresh_data import plan_fresh_data
from redshift_migrate.models.base import Unknown
from redshift_migrate.models.choices import NO_DATA, MigrationChoices
from redshift_migrate.models.cluster import ProvisionedClusterConfig, ScheduledAction
from redshift_migrate.models.data import DataCheck
from redshift_migrate.models.finding import Finding, Level, Subject
from redshift_migrate.models.journal import Journal
from redshift_migrate.models.plan import Step, Wish
from redshift_migrate.models.request import CutOverMigration
from redshift_migrate.models.serverless import ServerlessTarget
from redshift_migrate.observers.target import observe_namespace
from redshift_migrate.planner.clients import Domain, dns_finding, domain_rows, plan_domain
from redshift_migrate.planner.cut_over import OFF_PREFIX
from redshift_migrate.planner.old_cluster import action_rows, is_active, plan_actions_off
from redshift_migrate.state.store import Store
from redshift_migrate.translators.translation import cite, count

SECTIONS = (Subject.SCHEDULED_QUERIES, Subject.CAPACITY, Subject.ENDPOINTS)
DONE_HERE = ("scheduled-actions", "custom-domain")
"""Codes of a migration's plan whose work at the cut-over this plan does itself."""


def switch_over(aws: Aws, store: Store, request: CutOverMigration) -> Wish:
    """All that leads to the cluster of a migration, turned round. PlanError when it cannot be planned yet.

    In this order: what pauses and resumes the cluster, its scheduled queries, its clients; undone the other way round.
    """
    journal = store.journal(request.migration_id)
    choices = choices_of(journal)
    refuse_half_way(store, choices)
    cluster = extract_cluster(aws, choices.cluster_id, request.region, sections=SECTIONS)
    names = (choices.namespace_name, choices.workgroup_name)
    target = observe_namespace(aws, *names, request.region, ("usage_limits",), strict=False)
    queries = wish_for_queries(aws, cluster, choices, target)
    actions, domain = _require_actions(cluster), _domain(cluster, choices, target)
    fresh = plan_fresh_data(aws, cluster, choices, target) if request.fresh_data else ()
    return Wish(
        title=f"Cut over from cluster {choices.cluster_id} to workgroup {choices.workgroup_name}: "
        f"{'fresh data, ' if fresh else ''}{_say_what(queries, actions, domain)}",
        goals=(
            *plan_actions_off(actions, request.region),
            *_around(queries.goals, fresh),
            *(plan_domain(domain) if domain else ()),
        ),
        rows=(*action_rows(actions), *queries.rows, *(domain_rows(domain) if domain else ())),
        findings=(
            *(
                _fresh_findings(choices)
                if fresh
                else _data_findings(data_check_after(store, journal), choices, journal)
            ),
            *queries.findings,
            *((dns_finding(domain),) if domain else ()),
            *_bill_findings(target),
            *_left_to_people(journal),
        ),
    )


def _around(queries: Sequence[Step], fresh: Sequence[Step]) -> tuple[Step, ...]:
    """All that writes by schedule is off before the last snapshot, and goes on after its restore."""
    if not fresh:
        return tuple(queries)
    off = [step for step in queries if step.id.startswith(OFF_PREFIX)]
    return (*off, *fresh, *(step for step in queries if step not in off))


def _fresh_findings(choices: MigrationChoices) -> Iterator[Finding]:
    yield _data(
        "warning",
        f"A last snapshot is taken of {choices.cluster_id} and restored into namespace {choices.namespace_name}: all "
        "that is there now is replaced, with its users and grants, and rolling back does not bring it back. What "
        "writes to the cluster on no schedule that this plan names has to be stopped first, or is not in it.",
    )


def _say_what(queries: Wish, actions: Sequence[ScheduledAction], domain: Domain | None) -> str:
    switched = sum(row.action == "set" for row in queries.rows)
    parts = [count(switched, "scheduled query")]
    parts += [f"custom domain {domain.name}"] if domain else []
    active = sum(is_active(each) for each in actions)
    parts += [f"{count(active, 'scheduled action')} off"] if active else []
    return ", ".join(parts)


def _require_actions(cluster: ProvisionedClusterConfig) -> tuple[ScheduledAction, ...]:
    if isinstance(cluster.scheduled_actions, Unknown):
        raise PlanBlocked(
            f"The scheduled actions of {cluster.cluster_id} are {cluster.scheduled_actions.sentence()}, and one of "
            "them may resume the cluster. Nothing was changed.",
            hint=f"Allow {cluster.scheduled_actions.needs_action} and ask again.",
        )
    return cluster.scheduled_actions


def _domain(cluster: ProvisionedClusterConfig, choices: MigrationChoices, target: ServerlessTarget) -> Domain | None:
    """The name by which clients come; None for a cluster without one."""
    if not cluster.custom_domain_name or not cluster.custom_domain_certificate_arn:
        return None
    return Domain(
        name=cluster.custom_domain_name,
        certificate_arn=cluster.custom_domain_certificate_arn,
        region=cluster.region,
        cluster_id=cluster.cluster_id,
        workgroup_name=choices.workgroup_name,
        workgroup_host=target.workgroup.endpoint_address if target.workgroup else None,
    )


def _data_findings(check: DataCheck | None, choices: MigrationChoices, journal: Journal) -> Iterator[Finding]:
    """Whether the data is there, as far as it was looked at after the run; what is known to be missing stops it."""
    if choices.data == NO_DATA:
        yield _data("info", "The cluster was moved without its data, so none was compared.")
        return
    ask = f"Compare it first: check the data of migration {journal.migration_id}."
    if check is None:
        yield _data("warning", f"Whether the data is there was not looked at since the migration. {ask}")
        return
    if check.faults:
        yield _data(
            "blocker",
            f"The data of the cluster is not all there ({check.at}): {cite(check.faults)}. Clients would miss it.",
        )
    elif check.status == "unknown":
        yield _data("warning", f"Whether the data is there could not be told ({check.at}). {ask}")
    elif written := check.counts.get("written since", 0):
        yield _data(
            "warning",
            f"{count(written, 'table')} of the cluster {'was' if written == 1 else 'were'} written to after the "
            f"snapshot ({check.snapshot_at or 'whose moment is not known'}), and that is not on serverless. Load it "
            "again there, or stop what writes, undo this migration and migrate anew, before clients move.",
        )
    else:
        yield _data("info", f"The data was compared at {check.at} and is the same, {BY_METHOD[check.method]}.")


def _data(level: Level, message: str) -> Finding:
    return Finding(level=level, subject=Subject.DATA, setting="data check", message=message)


def _bill_findings(target: ServerlessTarget) -> Iterator[Finding]:
    """That nothing caps the bill, where nothing does."""
    workgroup = target.workgroup
    is_known = "usage_limits" not in target.unread
    if is_known and workgroup is not None and not workgroup.usage_limits:
        yield Finding(
            level="warning",
            subject=Subject.USAGE_LIMITS,
            setting="usage limits at the cut-over",
            message=f"Workgroup {workgroup.workgroup_name} has no usage limit, so nothing caps its bill from the day "
            "on which the clients come. Set one first, and an alarm on ComputeSeconds.",
        )


def _left_to_people(journal: Journal) -> Iterator[Finding]:
    """What the migration's plan left to this day and no step here does."""
    for finding in journal.header.plan.findings:
        if finding.when == "at_cut_over" and finding.code not in DONE_HERE:
            yield finding
