"""The wish of a cluster's end: first paused, after quiet days deleted with a last snapshot. It rather refuses.

Two plans, never part of another: the first pauses, and who still needed the cluster is heard; the second deletes. Each
is blocked as long as anything says that somebody needs the cluster, or cannot be read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from redshift_migrate.aws.door import Aws
from redshift_migrate.clock import Clock
from redshift_migrate.errors import RedshiftMigrateError
from redshift_migrate.extractors.contents import extract_connections
from redshift_migrate.extractors.data_api import Where, needed_action
from redshift_migrate.extractors.provisioned import extract_cluster
from redshift_migrate.migration.data_checks import DEFAULT_DATABASE, data_check_after
from redshift_migrate.models.base import Unknown
from redshift_migrate.models.choices import NO_DATA
from redshift_migrate.models.cluster import ProvisionedClusterConfig
from redshift_migrate.models.data import Connection
from redshift_migrate.models.finding import Finding, Level, Subject
from redshift_migrate.models.journal import Journal, holding_of
from redshift_migrate.models.plan import Step, Wish
from redshift_migrate.models.request import DecommissionCluster, MigrateCluster
from redshift_migrate.planner.old_cluster import PAUSE_ID, delete, is_active, pause
from redshift_migrate.state.store import Store
from redshift_migrate.translators.translation import cite, count

SECTIONS = (Subject.SOURCE, Subject.SHARING, Subject.CAPACITY, Subject.SCHEDULED_QUERIES, Subject.ENDPOINTS)
LOG_KEPT_DAYS = 7
"""How far SYS_CONNECTION_LOG looks back. Source: DG, SYS monitoring views."""


def decommission(aws: Aws, store: Store, clock: Clock, request: DecommissionCluster) -> Wish:
    """Pause the cluster, or delete it when it has been paused by such a plan for the quiet days."""
    region = request.region
    cluster = extract_cluster(aws, request.cluster_id, region, SECTIONS)
    runs = holding_of([one for one in store.journals() if one.header.account_id == cluster.account_id])
    blockers = [*_migration(store, cluster, runs), *_still_needed(cluster)]
    if cluster.status == "paused":
        paused_at = _paused_at(runs, request)
        blockers += _quiet(paused_at, request, clock.now())
        goals: tuple[Step, ...] = (_delete(cluster, request, paused_at),)
        title = f"Delete cluster {cluster.cluster_id}, which is paused, and keep its last snapshot"
    else:
        blockers += _find_clients(aws, clock, cluster, request)
        goals = (pause(cluster.cluster_id, region),)
        title = f"Pause cluster {cluster.cluster_id}, before it is deleted in {request.quiet_days} days"
    return Wish(title=title, goals=goals, findings=(*blockers, *_meaning(cluster, request)))


def _migration(store: Store, cluster: ProvisionedClusterConfig, runs: Sequence[Journal]) -> Iterator[Finding]:
    """Without a move that holds, and data that was compared after it, nothing says that the cluster is not needed."""
    moves = (
        (one, request.choices)
        for one in runs
        if isinstance(request := one.header.plan.request, MigrateCluster)
        and (request.region, request.choices.cluster_id) == (cluster.region, cluster.cluster_id)
    )
    journal, choices = next(moves, (None, None))
    if journal is None or choices is None:
        yield _stop("migration", "No migration of this cluster that holds is known here, so it may be all there is.")
        return
    if choices.data == NO_DATA:
        yield _stop("data check", "The cluster was moved without its data, so its data is nowhere else.")
        return
    check = data_check_after(store, journal)
    ask = f"Ask: check the data of migration {journal.migration_id}."
    if check is None:
        yield _stop("data check", f"Whether the data is on serverless was not looked at since the migration. {ask}")
    elif check.status == "unknown":
        yield _stop("data check", f"Whether the data is on serverless could not be told ({check.at}). {ask}")
    elif check.faults:
        yield _stop("data check", f"Data is missing on serverless, at {check.at}: {cite(check.faults)}.")


def _still_needed(cluster: ProvisionedClusterConfig) -> Iterator[Finding]:
    """What leans on the cluster by name, and what could not be read."""
    if cluster.status not in ("available", "paused"):
        yield _stop("status", f"The cluster is {cluster.status or 'in an unknown state'}; ask again when it is not.")
    shares = cluster.data_shares
    if isinstance(shares, Unknown):
        yield _unread("datashares", shares)
    else:
        used = [share.data_share_arn for share in shares if share.direction == "outbound" and share.counterparts]
        message = f"Others read data that it shares ({cite(used)}); share it anew from serverless first."
        yield from _stop_for(used, "datashares", message)
    yield from _schedules(cluster)
    if cluster.custom_domain_name:
        yield _stop("custom domain", f"{cluster.custom_domain_name} leads to it. The cut-over moves it.")


def _schedules(cluster: ProvisionedClusterConfig) -> Iterator[Finding]:
    """What acts on the cluster by itself."""
    actions, queries = cluster.scheduled_actions, cluster.scheduled_queries
    if isinstance(actions, Unknown):
        yield _unread("scheduled actions", actions)
    else:
        active = [each.name for each in actions if is_active(each)]
        message = f"Scheduled actions act on it ({cite(active)}); the cut-over switches them off."
        yield from _stop_for(active, "schedules", message)
    if isinstance(queries, Unknown):
        yield _unread("scheduled queries", queries)
    else:
        yield from (_unread("scheduled queries", each.unread) for each in queries if each.unread)
        running = sorted({each.name for each in queries if each.enabled and not each.has_ended and not each.unread})
        message = f"Scheduled queries run on it ({cite(running)}); the cut-over switches over what can run."
        yield from _stop_for(running, "schedules", message)


def _stop_for(names: Sequence[str], setting: str, message: str) -> Iterator[Finding]:
    if names:
        yield _stop(setting, message)


def _find_clients(
    aws: Aws, clock: Clock, cluster: ProvisionedClusterConfig, request: DecommissionCluster
) -> Iterator[Finding]:
    """Who was there in the quiet days; this program's own questions do not count."""
    where = Where(cluster.region, cluster_id=cluster.cluster_id)
    try:
        found = extract_connections(aws, clock, where, cluster.db_name or DEFAULT_DATABASE)
    except RedshiftMigrateError as error:
        yield _unread("connections", Unknown(needs_action=needed_action(error), reason=error.message))
        return
    since = clock.now() - timedelta(days=request.quiet_days)
    own = aws.identity(cluster.region).database_user
    lately = [each for each in found if each.user != own and each.last_at >= since]
    if lately:
        yield _stop(
            "connections",
            f"{count(len(lately), 'client')} connected in the last {count(request.quiet_days, 'day')} "
            f"({cite(map(_say_client, lately), 10)}); whoever still needs the cluster would be cut off.",
        )
    if request.quiet_days > LOG_KEPT_DAYS:
        message = (
            f"The cluster's own log of connections reaches back about {LOG_KEPT_DAYS} days, so nothing is known of the "
            "days before. Its audit log, where it is exported, reaches further."
        )
        yield _about("warning", "connections", message)


def _say_client(each: Connection) -> str:
    return f"{each.user} by {each.application or 'an unnamed program'} from {each.host} at {each.last}"


def _paused_at(runs: Sequence[Journal], request: DecommissionCluster) -> datetime | None:
    """When the newest plan of this kind paused it; None when somebody else did."""
    for journal in runs:
        asked = journal.header.plan.request
        if not isinstance(asked, DecommissionCluster) or PAUSE_ID not in journal.done_steps():
            continue
        if (asked.region, asked.cluster_id) == (request.region, request.cluster_id):
            return next(entry.at for entry in journal.entries if (entry.step_id, entry.event) == (PAUSE_ID, "done"))
    return None


def _quiet(paused_at: datetime | None, request: DecommissionCluster, now: datetime) -> Iterator[Finding]:
    if paused_at is None:
        message = (
            "The cluster is paused, and not by a plan of this program, so since when, and whether anybody missed it, "
            "is not known. Resume it and ask again: it is paused first, and deleted after the quiet days."
        )
        yield _stop("quiet days", message)
    elif (due := paused_at + timedelta(days=request.quiet_days)) > now:
        message = (
            f"It was paused at {paused_at:%Y-%m-%d %H:%M} UTC. Ask again from {due:%Y-%m-%d %H:%M} UTC on; whoever "
            "misses it until then can have it back: undo the run that paused it."
        )
        yield _stop("quiet days", message)


def _delete(cluster: ProvisionedClusterConfig, request: DecommissionCluster, paused_at: datetime | None) -> Step:
    day = f"{paused_at:%Y%m%d}" if paused_at else "last"
    return delete(
        cluster.cluster_id,
        cluster.region,
        str(cluster.cluster_namespace_arn),
        f"{cluster.cluster_id}-final-{day}",
        request.snapshot_retention_days,
    )


def _meaning(cluster: ProvisionedClusterConfig, request: DecommissionCluster) -> Iterator[Finding]:
    """What the owner should know. Source: Management Guide, "Pausing and resuming a cluster"."""
    if cluster.status != "paused":
        message = (
            "While it is paused its compute is not billed, but its storage, its snapshots, a managed admin password "
            "and reserved nodes are. Pausing takes up to about 15 minutes and cannot be cancelled; resuming may bring "
            "other node addresses and a newer version. Scheduled actions do nothing meanwhile. "
            f"Undo the run to have it back; after {count(request.quiet_days, 'day')} the same request plans its end."
        )
        yield _about("warning", "pausing", message)
    elif request.snapshot_retention_days is None:
        message = "The last snapshot is kept until somebody deletes it, and billed as long. A retention can be named."
        yield _about("warning", "last snapshot", message)
    nodes = cluster.reserved_nodes
    if isinstance(nodes, Unknown):
        yield _about("warning", "reserved nodes", f"Reserved nodes are {nodes.sentence()}; they go on being billed.")
    elif nodes:
        names = cite(each.reserved_node_id for each in nodes)
        message = f"Reserved nodes of the account go on being billed to the end of their term, used or not: {names}."
        yield _about("warning", "reserved nodes", message)


def _unread(setting: str, unknown: Unknown) -> Finding:
    return _stop(setting, f"Whether somebody needs the cluster is not known: {setting} are {unknown.sentence()}.")


def _stop(setting: str, message: str) -> Finding:
    return _about("blocker", setting, message)


def _about(level: Level, setting: str, message: str) -> Finding:
    return Finding(level=level, subject=Subject.SOURCE, setting=f"end of the cluster: {setting}", message=message)
