"""The wish of a cut-over of scheduled queries: read both sides as they are now, let the pure rules pair them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from redshift_migrate.aws.door import Aws
from redshift_migrate.errors import JournalMismatch, PlanBlocked, PlanError
from redshift_migrate.extractors.provisioned import extract_cluster
from redshift_migrate.extractors.scheduled_queries import with_role_access
from redshift_migrate.models.base import Unknown
from redshift_migrate.models.choices import MigrationChoices
from redshift_migrate.models.cluster import ProvisionedClusterConfig
from redshift_migrate.models.finding import Subject
from redshift_migrate.models.journal import Journal, stopped_of
from redshift_migrate.models.plan import Wish
from redshift_migrate.models.request import CutOverMigration, CutOverScheduledQueries, MigrateCluster, UndoMigration
from redshift_migrate.models.scheduled_query import ScheduledQuery
from redshift_migrate.models.serverless import ServerlessTarget
from redshift_migrate.observers.scheduled_queries import observe_scheduled_queries
from redshift_migrate.observers.target import observe_workgroup
from redshift_migrate.planner.building import Place
from redshift_migrate.planner.cut_over import (
    Switch,
    cut_over_findings,
    cut_over_rows,
    plan_cut_over,
    state_of,
)
from redshift_migrate.planner.scheduled_queries import Address, copies
from redshift_migrate.state.store import Store
from redshift_migrate.translators.query_roles import role_findings, verdict_of
from redshift_migrate.translators.role_check import Answer
from redshift_migrate.translators.scheduled_queries import Pair, left_out, pair_queries, pairs_by_role

STEPS = ("cut_over.", "undo.cut_over.")


def cut_over(aws: Aws, store: Store, request: CutOverScheduledQueries) -> Wish:
    """Every pair of the migration's cluster and workgroup, as both are now. PlanError when it cannot be planned yet."""
    choices = choices_of(store.journal(request.migration_id))
    refuse_half_way(store, choices)
    cluster = extract_cluster(aws, choices.cluster_id, request.region, sections=(Subject.SCHEDULED_QUERIES,))
    return wish_for_queries(aws, cluster, choices, observe_workgroup(aws, choices.workgroup_name, request.region))


def wish_for_queries(
    aws: Aws, cluster: ProvisionedClusterConfig, choices: MigrationChoices, target: ServerlessTarget
) -> Wish:
    """The part of a cut-over that switches scheduled queries. PlanBlocked where they could not be read."""
    cluster, region = with_role_access(aws, cluster), target.region
    queries = _require_queries(cluster)
    pairs = pair_queries(cluster, choices.workgroup_name)
    switches = _switches(aws, cluster, queries, pairs, target)
    changing = [switch for switch in switches if state_of(switch) in ("switch", "both on")]
    arn = f"arn:{cluster.partition}:redshift:{region}:{cluster.account_id}:cluster:{cluster.cluster_id}"
    return Wish(
        title=f"Cut over {len(changing)} of {len(switches)} scheduled queries from cluster {choices.cluster_id} to "
        f"workgroup {choices.workgroup_name} (switches the old ones off)",
        goals=plan_cut_over(switches, region, arn),
        rows=cut_over_rows(switches),
        findings=(
            *cut_over_findings(switches),
            *(finding for query in queries for finding in left_out(query)),
            *role_findings(pairs_by_role(pairs), cluster, choices, _workgroup_arn(target)),
        ),
    )


def choices_of(journal: Journal) -> MigrationChoices:
    """What the migration was asked for. PlanError for a run of another kind, or one that has not come to its end."""
    request = journal.header.plan.request
    if not isinstance(request, MigrateCluster):
        raise PlanError(
            f"{journal.migration_id} is not the migration of a cluster ({journal.header.plan.title}), so there is "
            "nothing to cut over. Nothing was changed.",
            hint="Name the migration that moved the cluster; /status lists them.",
        )
    if not journal.is_finished:
        raise PlanError(
            f"Migration {journal.migration_id} has not come to its end. Nothing was changed.",
            hint=f"Go on with it first: resume migration {journal.migration_id}.",
        )
    return request.choices


def refuse_half_way(store: Store, choices: MigrationChoices) -> None:
    """A cut-over that stopped between off and on looks like a query that was always off; only its journal knows."""
    for journal in stopped_of(list(_all_journals(store))):
        if not any(step_id.startswith(STEPS) for step_id in journal.attempted_steps()):
            continue
        if _cluster_of(store, journal) == choices.cluster_id:
            raise PlanError(
                f"{journal.migration_id} ({journal.header.plan.title}) stopped half way, so a query may be off on both "
                "sides. Nothing was changed.",
                hint=f"Go on with it first: resume migration {journal.migration_id}; or undo it.",
            )


def _all_journals(store: Store) -> Iterator[Journal]:
    """Every journal; one that cannot be read is not passed over here, for it may be the one that matters."""
    for migration_id in store.migration_ids():
        try:
            yield store.journal(migration_id)
        except JournalMismatch as error:
            raise JournalMismatch(
                f"{error.message} It may be of a cut-over that stopped half way, so no other is planned.",
                hint=f"{error.hint} If that run came to its end, move {migration_id}.jsonl out of the state folder.",
                **error.data,
            ) from error


def _cluster_of(store: Store, journal: Journal) -> str:
    """Whose queries a cut-over, or the undoing of one, is about."""
    request = journal.header.plan.request
    while isinstance(request, CutOverScheduledQueries | CutOverMigration | UndoMigration):
        request = store.journal(request.migration_id).header.plan.request
    return request.choices.cluster_id if isinstance(request, MigrateCluster) else ""


def _require_queries(cluster: ProvisionedClusterConfig) -> tuple[ScheduledQuery, ...]:
    if isinstance(cluster.scheduled_queries, Unknown):
        raise PlanBlocked(
            f"The scheduled queries of {cluster.cluster_id} are {cluster.scheduled_queries.sentence()}. Nothing was "
            "changed.",
            hint=f"Allow {cluster.scheduled_queries.needs_action} and ask again.",
        )
    return cluster.scheduled_queries


def _switches(
    aws: Aws,
    cluster: ProvisionedClusterConfig,
    queries: Sequence[ScheduledQuery],
    pairs: Sequence[Pair],
    target: ServerlessTarget,
) -> tuple[Switch, ...]:
    """Each rule and schedule of the cluster that has statements which can be carried, with its copy."""
    place = _place(target)
    present = observe_scheduled_queries(aws, [pair.new for pair in pairs], target.region)
    made = copies([pair.new for pair in pairs], present, place, target.namespace.admin_password_secret_arn)
    by_address = {copy.first.place: copy for copy in made}
    olds: dict[Address, list[Pair]] = {}
    for pair in pairs:
        olds.setdefault(pair.new.place, []).append(pair)
    return tuple(
        Switch(
            old=tuple(pair.old for pair in group),
            copy_=by_address[address],
            stays=_stays(group, queries),
            can_run=_can_run(group, cluster, target),
        )
        for address, group in olds.items()
    )


def _stays(group: Sequence[Pair], queries: Sequence[ScheduledQuery]) -> tuple[str, ...]:
    """What the old rule does besides: other targets, and statements that cannot be carried."""
    carried_ids = {pair.old.target_id for pair in group}
    old = group[0].old
    left = [each.target_id or "" for each in queries if each.place == old.place and each.target_id not in carried_ids]
    return (*old.other_targets, *left)


def _can_run(group: Sequence[Pair], cluster: ProvisionedClusterConfig, target: ServerlessTarget) -> Answer:
    answers: set[Answer] = set()
    for pair in group:
        copy = pair.new.model_copy(update={"role": pair.old.role})
        verdict = verdict_of(copy, cluster, target.namespace.namespace_name, _workgroup_arn(target))
        answers.add(verdict.answer)
    return "no" if "no" in answers else "cannot tell" if "cannot tell" in answers else "yes"


def _place(target: ServerlessTarget) -> Place:
    return Place(
        region=target.region,
        namespace_name=target.namespace.namespace_name,
        workgroup_name=target.config.workgroup_name,
        namespace_arn=target.namespace.namespace_arn,
        workgroup_arn=_workgroup_arn(target),
    )


def _workgroup_arn(target: ServerlessTarget) -> str | None:
    return target.workgroup.workgroup_arn if target.workgroup else None
