"""Requests that only read: clusters, their settings, namespaces, help. They may be worded freely."""

from __future__ import annotations

from redshift_migrate.offline import values as v
from redshift_migrate.offline.forms import HELP_TOPICS, READS, REFERS
from redshift_migrate.offline.history import History
from redshift_migrate.offline.meaning import Ask, Call, Calls, Meaning, NotUnderstood, call, one_each
from redshift_migrate.offline.words import (
    ASKING,
    CHANGE_VERBS,
    NOT_READING,
    phrases,
    unknown_words,
    vocabulary,
    words_in,
)
from redshift_migrate.tools import tools_about

_EVERYTHING = vocabulary("everything overview details config configuration setting settings")
_SHOWS = vocabulary("me us the a about cluster namespace please now in region")
_NAMESPACE = vocabulary("namespace namespaces workgroup workgroups serverless")
_OF_BOTH = frozenset({"get_cluster_maintenance_settings", "get_cluster_snapshot_copy_settings"})
"""Reads of a cluster that for a namespace are one."""

_ABOUT = vocabulary("with on about for me the a an my to topic please some how of in ,")
_EXPLAINS = vocabulary("help explain docs documentation guide topic")
_ASKS_FOR_HELP = phrases(
    """
    how do, how can, how to, how does, how should, how would, what happens, what if, what would, should i, can i,
    may i, shall i, why, tell me about, tell me how, show me how
    """
)
_GENERAL_HELP = phrases(
    """
    help, help me, help please, what can you do, what can i do, what can i ask, what can i say, what do you understand,
    what do you do, how does this work, how do you work, who 're you, what 're you, who are you, commands, show help,
    show topics, help topics
    """
)


def read_help(clause: str) -> Meaning | None:
    """A question about how things work; None when the clause is about something else."""
    low = words_in(clause)
    if low in _GENERAL_HELP:
        return Calls((call("get_migration_help"),))
    explains = low[0] in _EXPLAINS
    asks = any(low[: len(start)] == start for start in _ASKS_FOR_HELP)
    if not (explains or asks or _asks_what_it_is(clause)):
        return None
    if asks and not explains and v.pick_identifiers(clause)[0] and CHANGE_VERBS.isdisjoint(low):
        return None  # "tell me about prod-db-1" is no question about a topic
    topic = next((topic for known, topic in HELP_TOPICS if not known.isdisjoint(low)), None)
    if topic is None and not explains:
        return NotUnderstood(clause)
    rest = [word for word in low[1:] if word not in _ABOUT]
    return Calls((call("get_migration_help", topic=topic or ("_".join(rest) if len(rest) in (1, 2, 3) else None)),))


def _asks_what_it_is(clause: str) -> bool:
    """`what is snapshot copy`, `what are tracks`: a subject without an article and without a name."""
    low = words_in(clause)
    subjects = {"cross-region", "snapshot", "maintenance"}.union(*(known for known, _ in HELP_TOPICS))
    subject = set(low[2:]) - {"a", "an"}
    return low[:2] in {("what", "'s"), ("what", "'re")} and bool(subject) and subject <= subjects


def read_settings(clause: str, history: History) -> Meaning | None:
    """Settings of clusters or namespaces; None when the clause asks for nothing that can be read."""
    low = words_in(clause)
    if not NOT_READING.isdisjoint(low):
        return None
    regions, rest = v.pick_any_region(clause)
    region = regions[0] if len(regions) == 1 else None
    topics = _topics(clause)
    clusters, rest = v.names_of("cluster")(rest)
    namespaces, rest = v.names_of("namespace")(rest)
    workgroups, rest = v.names_of("workgroup")(rest)
    if not (topics or _asks_for_all(clause) or namespaces or workgroups):
        return None
    if not (clusters or namespaces or workgroups):
        at_an_end = (v.pick_name_at_an_end,) if topics else ()
        bare = v.first_of(v.pick_bare_names, v.pick_identifiers, *at_an_end)(rest)[0]
        clusters = tuple(name for name in bare if not history.is_namespace(name) and "serverless" not in low)
        namespaces = tuple(name for name in bare if name not in clusters)
    namespaces += tuple(history.namespace_of(name) or name for name in workgroups)
    if not clusters and not namespaces:
        return _read_what_was_meant(clause, topics, history, region)
    shown = one_each("get_serverless_settings", "namespace_name", tuple(dict.fromkeys(namespaces)), region=region)
    return Calls(_cluster_calls(topics, clusters, region) + shown.calls)


def _topics(clause: str) -> tuple[str, ...]:
    """The tools that read what the clause asks about, in the order of the table."""
    return tuple(tool for tool, about in READS if about(clause))


def _asks_for_all(clause: str) -> bool:
    low = words_in(clause)
    names, rest = v.pick_identifiers(v.pick_any_region(clause)[1])
    if names and low[0] in ASKING and not unknown_words(rest, ASKING | _SHOWS):
        return True
    begins = low[0] in ASKING | _EVERYTHING or v.pick_identifiers(low[0])[0]
    says_so = not _EVERYTHING.isdisjoint(low) or low[0] in ("describe", "inspect") or low[1:3] == ("me", "about")
    return bool(begins) and says_so


def _cluster_calls(topics: tuple[str, ...], clusters: v.Found, region: str | None) -> tuple[Call, ...]:
    wanted = topics or ("get_cluster_config",)
    return tuple(call(tool, cluster_id=cluster, region=region) for cluster in clusters for tool in wanted)


def _read_what_was_meant(clause: str, topics: tuple[str, ...], past: History, region: str | None) -> Meaning | None:
    """What a request without a name means: the thing read last where it refers to one, a question otherwise."""
    low = words_in(clause)
    last = past.last_done[-1] if past.last_done else None
    if last and (REFERS(clause) or low[0] in ASKING or len(low) < 6):
        place = region or last.argument("region")
        cluster, namespace = last.argument("cluster_id"), last.argument("namespace_name")
        if cluster and last.call.tool in tools_about("cluster", "read"):
            return Calls(_cluster_calls(topics, (cluster,), place))
        if namespace and _OF_BOTH.issuperset(topics):
            return one_each("get_serverless_settings", "namespace_name", (namespace,), region=place)
    if not _NAMESPACE.isdisjoint(low):
        return Ask("namespace", "Of which namespace?")
    return Ask("cluster", "Of which cluster?") if topics or "cluster" in low else None
