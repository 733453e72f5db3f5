"""Requests that only read: clusters, their settings, namespaces, help. They may be worded freely."""

from __future__ import annotations

from redshift_migrate.offline.forms import CLUSTER_READS, HELP_TOPICS, READS, WHOLE_CLUSTER
from redshift_migrate.offline.history import History
from redshift_migrate.offline.meaning import Ask, Call, Calls, Meaning, NotUnderstood, call, one_each
from redshift_migrate.offline.values import (
    Found,
    Picked,
    first_of,
    leftover,
    names_of,
    pick_any_region,
    pick_bare_names,
    pick_first_word,
    pick_identifiers,
    pick_last_word,
)
from redshift_migrate.offline.words import (
    CHANGE_VERBS,
    NEGATIONS,
    PRONOUNS,
    QUESTION_WORDS,
    READ_VERBS,
    Words,
    is_name,
    looks_like_a_name,
    lower,
    phrases,
    vocabulary,
)

_EVERYTHING = vocabulary("everything overview details config configuration setting settings")
_NAMESPACE = vocabulary("namespace namespaces workgroup workgroups serverless")
_NOT_IN_A_READ = CHANGE_VERBS - {"copy", "update", "plan"} | NEGATIONS
_CONTAINS = vocabulary("contains contain containing like matching matches named called")
_AROUND_A_PART = vocabulary("the a in word text string name names 's is")
_OF_BOTH = frozenset({"get_cluster_maintenance_settings", "get_cluster_snapshot_copy_settings"})
"""Reads of a cluster that for a namespace are one."""

_ABOUT = vocabulary("with on about for me the a an my to topic please some how of in")
_EXPLAINS = vocabulary("help explain docs documentation guide topic")
_ASKS_FOR_HELP = phrases(
    """
    how do, how can, how to, how does, how should, how would, what happens, what if, what would, should i, can i,
    may i, shall i, why, tell me about, tell me how, show me how
    """
)
_GENERAL_HELP = phrases(
    """
    help, help me, help please, ?, what can you do, what can i do, what can i ask, what can i say,
    what do you understand, what do you do, how does this work, how do you work, who 're you, what 're you,
    who are you, commands, show help, show topics, help topics
    """
)


def read_help(words: Words) -> Meaning | None:
    """A question about how things work; None when the clause is about something else."""
    low = lower(words)
    if low in _GENERAL_HELP:
        return Calls((call("get_migration_help"),))
    explains = low[0] in _EXPLAINS
    asks = any(low[: len(start)] == start for start in _ASKS_FOR_HELP)
    if not (explains or asks or _asks_what_it_is(low)):
        return None
    if asks and not explains and pick_identifiers(words)[0] and not set(low) & CHANGE_VERBS:
        return None  # "tell me about prod-db-1" is no question about a topic
    topic = next((topic for known, topic in HELP_TOPICS if set(low) & known), None)
    if topic is None and not explains:
        return NotUnderstood(" ".join(words))
    rest = leftover(words[1:], _ABOUT)
    named = "_".join(lower(rest)) if len(rest) in (1, 2, 3) else None
    return Calls((call("get_migration_help", topic=topic or named),))


def _asks_what_it_is(low: Words) -> bool:
    """`what is snapshot copy`, `what are tracks`: a subject without an article and without a name."""
    subjects = frozenset({"cross-region", "snapshot", "maintenance"}).union(*(known for known, _ in HELP_TOPICS))
    subject = {word for word in low[2:] if word not in ("a", "an")}
    return low[:2] in (("what", "'s"), ("what", "'re")) and bool(subject) and subject <= subjects


def read_clusters(words: Words) -> Meaning | None:
    """A list of clusters; None when the clause is about something else."""
    low = lower(words)
    if set(low) & _NOT_IN_A_READ or ("clusters" not in low and low[:2] != ("cluster", "list")):
        return None
    regions, rest = pick_any_region(words)
    parts, rest = _parts_of_names(rest)
    if first_of(names_of("cluster"), pick_identifiers)(rest)[0] or _topics(rest):
        return None
    return one_each("list_clusters", "region", regions or (None,), name_contains=parts[0] if parts else None)


def _parts_of_names(words: Words) -> Picked:
    """What a name shall contain: `whose name contains X`, `like X`, `with X in the name`."""
    low = lower(words)
    for index, word in enumerate(low):
        if word in _CONTAINS or (word == "with" and {"name", "names"} & set(low[index:])):
            after = next((at for at in range(index + 1, len(low)) if low[at] not in _AROUND_A_PART), index)
            if is_name(low[after]):
                return (low[after],), (*words[:after], "", *words[after + 1 :])
    return (), words


def read_settings(words: Words, history: History) -> Meaning | None:
    """Settings of clusters or namespaces; None when the clause asks for nothing that can be read."""
    low = lower(words)
    if set(low) & _NOT_IN_A_READ:
        return None
    regions, rest = pick_any_region(words)
    region = regions[0] if len(regions) == 1 else None
    topics = _topics(words)
    clusters, rest = names_of("cluster")(rest)
    namespaces, rest = names_of("namespace")(rest)
    workgroups, rest = names_of("workgroup")(rest)
    if not (topics or _asks_for_all(low) or namespaces or workgroups):
        return None
    if not (clusters or namespaces or workgroups):
        at_an_end = (pick_last_word, pick_first_word) if topics else ()
        bare: Found = first_of(pick_bare_names, pick_identifiers, *at_an_end)(rest)[0]
        clusters = tuple(name for name in bare if not history.is_namespace(name) and "serverless" not in low)
        namespaces = tuple(name for name in bare if name not in clusters)
    namespaces += tuple(history.namespace_of(name) or name for name in workgroups)
    if not clusters and not namespaces:
        return _read_what_was_meant(low, topics, history, region)
    return Calls(_cluster_calls(topics, clusters, region) + _namespace_calls(namespaces, region))


def _topics(words: Words) -> tuple[str, ...]:
    """The tools that read what the words ask about, in the order of the table."""
    return tuple(dict.fromkeys(form.tool for form in READS if form.about(words)))


def _asks_for_all(low: Words) -> bool:
    begins = low[0] in READ_VERBS | QUESTION_WORDS | _EVERYTHING or looks_like_a_name(low[0])
    return begins and (bool(set(low) & _EVERYTHING) or low[0] in ("describe", "inspect") or low[1:3] == ("me", "about"))


def _cluster_calls(topics: tuple[str, ...], clusters: Found, region: str | None) -> tuple[Call, ...]:
    wanted = topics or (WHOLE_CLUSTER,)
    return tuple(call(tool, cluster_id=cluster, region=region) for cluster in clusters for tool in wanted)


def _namespace_calls(namespaces: Found, region: str | None) -> tuple[Call, ...]:
    return one_each("get_serverless_settings", "namespace_name", tuple(dict.fromkeys(namespaces)), region=region).calls


def _read_what_was_meant(low: Words, topics: tuple[str, ...], history: History, region: str | None) -> Meaning | None:
    """What a request without a name means: the thing read last where it refers to one, a question otherwise."""
    said = set(low)
    last = history.last_done[-1] if history.last_done else None
    if last and (said & PRONOUNS or low[0] in READ_VERBS | {"what", "which", "where"} or len(low) < 6):
        place = region or last.argument("region")
        cluster, namespace = last.argument("cluster_id"), last.argument("namespace_name")
        if cluster and last.call.tool in CLUSTER_READS:
            return Calls(_cluster_calls(topics, (cluster,), place))
        if namespace and set(topics) <= _OF_BOTH:
            return Calls(_namespace_calls((namespace,), place))
    if said & _NAMESPACE:
        return Ask("namespace", "Of which namespace?")
    return Ask("cluster", "Of which cluster?") if topics or "cluster" in said else None
