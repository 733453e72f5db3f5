"""Scheduled queries: each gets a copy for the workgroup, made switched off; what cannot be carried is said."""

from __future__ import annotations

from collections.abc import Iterable

from redshift_migrate.models.aws_made import is_managed_secret, is_same_secret, is_service_linked
from redshift_migrate.models.base import Unknown, Value
from redshift_migrate.models.choices import MigrationChoices
from redshift_migrate.models.cluster import ProvisionedClusterConfig
from redshift_migrate.models.finding import Finding, Level, Subject
from redshift_migrate.models.plan import SettingChange
from redshift_migrate.models.scheduled_query import EVERYTHING, NAMESPACE_SECRET, ScheduledQuery
from redshift_migrate.models.settings import query_member
from redshift_migrate.translators.query_names import new_names
from redshift_migrate.translators.query_roles import role_findings
from redshift_migrate.translators.translation import About, Translation, cite

about = About(Subject.SCHEDULED_QUERIES)


class Pair(Value):
    """A query on the cluster and its copy on the workgroup."""

    old: ScheduledQuery
    new: ScheduledQuery


def translate_scheduled_queries(cluster: ProvisionedClusterConfig, choices: MigrationChoices) -> Translation:
    """One wanted query for each that can be carried. They are made switched off; a cut-over of its own switches over.

    Source: Management Guide, "Scheduling a query" and "Scheduling Amazon Redshift Data API operations with Amazon
    EventBridge" (target, role, and a rule named as its statement); API reference, ExecuteStatement (no DbUser for a
    workgroup).
    """
    queries = cluster.scheduled_queries
    if isinstance(queries, Unknown):
        consequence = "Those that there are go on querying the cluster, and none is carried."
        unread = about.unknown("warning", "scheduled queries", queries, consequence)
        return Translation(findings=(unread, elsewhere("warning")))
    pairs = pair_queries(cluster, choices.workgroup_name)
    news = {(pair.old.place, pair.old.target_id): pair.new for pair in pairs}
    rows = tuple(_row(query, news.get((query.place, query.target_id))) for query in queries if query.name != EVERYTHING)
    return Translation(
        settings={"scheduled_queries": tuple(pair.new for pair in pairs)} if pairs else {},
        changes=rows or (about.row("scheduled queries", "none found", "none", "carried"),),
        findings=(
            *_summary(pairs),
            *(finding for query in queries for finding in left_out(query)),
            *dict.fromkeys(finding for pair in pairs for finding in _differences(pair, cluster)),
            *role_findings(pairs_by_role(pairs), cluster, choices),
            elsewhere("warning" if queries else "info"),
        ),
    )


def pair_queries(cluster: ProvisionedClusterConfig, workgroup_name: str) -> tuple[Pair, ...]:
    """Every query that can be carried, with its copy. The same queries always give the same copies."""
    queries = () if isinstance(cluster.scheduled_queries, Unknown) else cluster.scheduled_queries
    names = new_names((query for query in queries if query.name != EVERYTHING), workgroup_name)
    return tuple(
        Pair(old=query, new=_copy(query, names[query.place], workgroup_name, cluster, queries))
        for query in queries
        if why_not(query) is None
    )


def why_not(query: ScheduledQuery) -> str | None:
    """Why a query cannot be carried; None when it can."""
    if query.unread is not None:
        return f"It is {query.unread.sentence()}."
    if not query.input_is_plain:
        return "Its input is not a plain JSON object of the Data API, so it cannot be pointed at a workgroup by itself."
    if query.managed_by is not None:
        return f"Its rule is managed by {query.managed_by}, which alone may switch it off."
    if query.has_ended:
        return "It has ended and will not run again."
    if not query.role_arn:
        return "It has no role, and a workgroup is only reached through one."
    if is_service_linked(query.role_arn):
        return (
            f"Its role {query.role_arn} is service-linked, which AWS takes from nobody: make the copy by hand with a "
            "role of your own."
        )
    if not (query.sql or query.sqls):
        return "It has no statement."
    return None


def pairs_by_role(pairs: Iterable[Pair]) -> dict[str, list[ScheduledQuery]]:
    """The copies that each role will run."""
    roles: dict[str, list[ScheduledQuery]] = {}
    for pair in pairs:
        copy = pair.new.model_copy(update={"role": pair.old.role, "db_user": pair.old.db_user})
        roles.setdefault(pair.new.role_arn or "", []).append(copy)
    return roles


def elsewhere(level: Level) -> Finding:
    """The places that no call lists, as a question."""
    tell = about.warning if level == "warning" else about.info
    return tell(
        "queries from elsewhere",
        "Code of Lambda functions and state machines that takes the cluster's name from elsewhere, Glue and MWAA jobs, "
        "Firehose streams, DMS tasks, dbt, BI tools, cron on other machines: what calls the Data API or connects by "
        "itself is listed nowhere. Does anything else run SQL on this cluster? It must be pointed at the workgroup by "
        "hand (WorkgroupName instead of ClusterIdentifier, no DbUser).",
    )


def _copy(
    query: ScheduledQuery,
    name: str,
    workgroup_name: str,
    cluster: ProvisionedClusterConfig,
    queries: tuple[ScheduledQuery, ...],
) -> ScheduledQuery:
    alone = sum(other.place == query.place for other in queries) == 1
    managed = cluster.master_password_secret_arn
    return query.model_copy(
        update={
            "name": name,
            "arn": "",
            "cluster_id": None,
            "workgroup": workgroup_name,
            "db_user": None,
            "secret_arn": NAMESPACE_SECRET if is_same_secret(query.secret_arn, managed) else query.secret_arn,
            "statement_name": _statement_name(query, name, alone),
            "start_date": None if query.has_started else query.start_date,
            "has_started": False,
            "raw_input": None,
            "other_targets": (),
            "role": None,
        }
    )


def _statement_name(query: ScheduledQuery, name: str, alone: bool) -> str | None:
    """A rule is found in the console's history by its statements' name; several of one rule must stay apart."""
    if query.home == "schedule" or (not alone and query.statement_name not in (None, query.name)):
        return query.statement_name
    return name


def _summary(pairs: tuple[Pair, ...]) -> tuple[Finding, ...]:
    if not pairs:
        return ()
    on = sum(pair.old.enabled for pair in pairs)
    message = (
        f"{'1 scheduled query' if len(pairs) == 1 else f'{len(pairs)} scheduled queries'} will be copied for the "
        f"workgroup, switched off, so that nothing runs twice. The {on} that run today go on running on the cluster "
        "until cut_over_scheduled_queries is approved; it switches each old one off before its copy on."
    )
    return (about.info("scheduled queries", message, f"{on} on, {len(pairs) - on} off", "all off until the cut-over"),)


def left_out(query: ScheduledQuery) -> tuple[Finding, ...]:
    """What is said about a query that is not carried; nothing for one that is."""
    why = why_not(query)
    if why is None:
        return ()
    shown = _say(query)
    if query.unread is not None and query.name == EVERYTHING:
        where = "rules of event bus" if query.home == "rule" else "schedules, group"
        group = "all" if query.group == EVERYTHING else query.group
        message = f"There may be more: {where} {group}: {query.unread.sentence()}."
        return (about.warning("scheduled queries", message, "unknown", None),)
    level = about.info if query.has_ended else about.warning
    return (level(f"scheduled query {query.name}", f"{shown} is not carried. {why}", shown, "not carried"),)


def _differences(pair: Pair, cluster: ProvisionedClusterConfig) -> Iterable[Finding]:
    old, new = pair.old, pair.new
    setting = f"scheduled query {old.name}"
    if new.secret_arn == NAMESPACE_SECRET:
        message = (
            f"{_say(old)} uses the cluster's managed admin secret, which goes with the cluster. Its copy gets the "
            "secret that serverless makes for the namespace; it is made once that exists (plan again after the "
            "namespace is there)."
        )
        yield about.warning(setting, message, old.secret_arn, "the namespace's managed secret")
    elif is_managed_secret(new.secret_arn):
        message = (
            f"{_say(old)} uses the secret {new.secret_arn}, which AWS keeps for something else than this cluster and "
            "takes away with it. Whether its user exists on the workgroup was not looked at: give the copy a secret of "
            "your own."
        )
        yield about.warning(setting, message, old.secret_arn, new.secret_arn)
    elif new.secret_arn:
        message = (
            f"{_say(old)} keeps its secret {new.secret_arn}. It works if its user and password are those of a user "
            "that was moved; under the managed Data API policy, secret and workgroup need a tag with the key "
            "RedshiftDataFullAccess."
        )
        yield about.info(setting, message, old.secret_arn, new.secret_arn)
    if old.with_event and new.statement_name != old.statement_name:
        message = (
            f"{_say(old)} tells EventBridge when it has run, and its statement is then called {new.statement_name}, "
            f"not {old.statement_name}. Rules that wait for the old name must be changed."
        )
        yield about.warning(setting, message, old.statement_name, new.statement_name)
    if old.event_pattern is not None and _names_cluster(old.event_pattern, cluster):
        message = f"{_say(old)} waits for events that name the cluster, which a workgroup does not send."
        yield about.warning(setting, message, old.event_pattern, old.event_pattern)
    if old.other_targets:
        message = (
            f"Rule {old.name} has other targets too ({cite(old.other_targets)}). They stay with it; the cut-over "
            "takes only this query out of the rule instead of switching the rule off."
        )
        yield about.warning(setting, message, cite(old.other_targets), "stay where they are")
    if old.has_started and (old.schedule_expression or "").startswith("rate("):
        message = f"{_say(old)} counts its rate from {old.start_date}; its copy counts from when it is switched on."
        yield about.info(setting, message, old.start_date, "no start date")


def _names_cluster(pattern: str, cluster: ProvisionedClusterConfig) -> bool:
    return f'"{cluster.cluster_id}"' in pattern or f":{cluster.cluster_id}" in pattern


def _row(query: ScheduledQuery, new: ScheduledQuery | None) -> SettingChange:
    setting = f"scheduled query {query.name}" + (f" ({query.target_id})" if query.home == "rule" else "")
    when = f"{_when(query)}, {'on' if query.enabled else 'off'}"
    if new is None:
        return about.row(setting, when, None, "not carried")
    return about.row(setting, when, f"{new.name}, made switched off", "translated", query_member(new))


def _when(query: ScheduledQuery) -> str:
    if query.schedule_expression is None:
        return f"on events of bus {query.group}"
    return f"{query.schedule_expression} {query.schedule_expression_timezone or 'UTC'}"


def _say(query: ScheduledQuery) -> str:
    inside = f", target {query.target_id}" if query.home == "rule" else ""
    return f"{query.home.capitalize()} {query.name} ({query.group}{inside})"
