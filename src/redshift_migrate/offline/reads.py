"""Requests that only read: clusters, their settings, namespaces, help. They may be worded freely."""

from __future__ import annotations

from redshift_migrate.offline.facts import Facts
from redshift_migrate.offline.intents import CLUSTER_READS, Ask, Call, Calls, Intent, NotUnderstood, call
from redshift_migrate.offline.slots import (
    Found,
    leftover,
    pick_bare_names,
    pick_identifiers,
    pick_names,
    pick_region,
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
    lowered,
    vocabulary,
)

_MAINTENANCE = vocabulary("maintenance track tracks window windows patch patches patching version upgrade upgrades")
_COPY = vocabulary("copy copies copied copying replicated replication")
_SNAPSHOT_SETTINGS = vocabulary("setting settings config configuration maintenance retention where region")
_EVERYTHING = vocabulary("everything overview details config configuration setting settings")
_NAMESPACE = vocabulary("namespace namespaces workgroup workgroups serverless")
_NOT_IN_A_READ = CHANGE_VERBS - {"copy", "update", "plan"}
_CONTAINS = vocabulary("contains contain containing like matching matches named called")
_AROUND_A_PART = vocabulary("the a in word text string name names 's is")

_HELP_TOPICS: tuple[tuple[frozenset[str], str], ...] = (
    (vocabulary("approval approvals approve approved approving digest"), "approval"),
    (vocabulary("permission permissions iam policy policies rights allowed"), "permissions"),
    (vocabulary("wlm queue queues"), "wlm_queues"),
    (vocabulary("query queries"), "scheduled_queries"),
    (vocabulary("usage limit limits"), "usage_limits"),
    (vocabulary("copy copies copied copying grant grants retention replication"), "snapshot_copy"),
    (vocabulary("track tracks trailing"), "tracks"),
    (vocabulary("maintenance window windows snapshot snapshots"), "maintenance_snapshot"),
    (vocabulary("start started starting begin beginning getting first"), "getting_started"),
    (vocabulary("migrate migrating migration migrations move moving"), "migration"),
)
_ABOUT = vocabulary("with on about for me the a an my to topic please some how of in")
_ASKS_FOR_HELP: tuple[Words, ...] = tuple(
    tuple(start.split())
    for start in (
        "how do",
        "how can",
        "how to",
        "how does",
        "how should",
        "how would",
        "what happens",
        "what if",
        "what would",
        "should i",
        "can i",
        "may i",
        "shall i",
        "why",
        "tell me about",
        "tell me how",
        "show me how",
    )
)
_GENERAL_HELP = frozenset(
    {
        "help",
        "help me",
        "help please",
        "?",
        "what can you do",
        "what can i do",
        "what can i ask",
        "what can i say",
        "what do you understand",
        "what do you do",
        "how does this work",
        "how do you work",
        "who 're you",
        "what 're you",
        "who are you",
        "commands",
        "show help",
        "show topics",
        "help topics",
    }
)


def read_help(words: Words) -> Intent | None:
    """A question about how things work; None when the clause is about something else."""
    low = lowered(words)
    if " ".join(low) in _GENERAL_HELP:
        return Calls((call("get_migration_help"),))
    explains = low[0] in ("help", "explain", "docs", "documentation", "guide", "topic")
    asks = any(low[: len(start)] == start for start in _ASKS_FOR_HELP)
    if not (explains or asks or _asks_what_it_is(low)):
        return None
    if asks and not explains and pick_identifiers(words)[0] and not set(low) & CHANGE_VERBS:
        return None  # "tell me about prod-db-1" is no question about a topic
    topic = next((topic for known, topic in _HELP_TOPICS if set(low) & known), None)
    if topic is None and explains:
        rest = leftover(words[1:], _ABOUT)
        topic = "_".join(lowered(rest)) if 0 < len(rest) <= 3 else None
    if topic is None:
        return NotUnderstood(" ".join(words)) if not explains else Calls((call("get_migration_help"),))
    return Calls((call("get_migration_help", topic=topic),))


def _asks_what_it_is(low: Words) -> bool:
    """`what is snapshot copy`, `what are tracks`: a subject without an article and without a name."""
    subjects = frozenset().union(*(known for known, _ in _HELP_TOPICS)) | {"cross-region", "snapshot", "maintenance"}
    subject = tuple(word for word in low[2:] if word not in ("a", "an"))
    return low[:1] == ("what",) and low[1:2] in (("'s",), ("'re",)) and bool(subject) and set(subject) <= subjects


def read_clusters(words: Words) -> Intent | None:
    """A list of clusters; None when the clause is about something else."""
    low = lowered(words)
    if set(low) & (_NOT_IN_A_READ | NEGATIONS):
        return None
    if not {"clusters"} & set(low) and low[:2] != ("cluster", "list"):
        return None
    regions, rest = pick_region(words, anywhere=True)
    parts, rest = _parts_of_names(rest)
    if pick_names(rest, "cluster")[0] or pick_identifiers(rest)[0] or _topics(lowered(rest)):
        return None
    if len(regions) > 1 and not parts:
        return Calls(tuple(call("list_clusters", region=region) for region in regions))
    return Calls(
        (
            call(
                "list_clusters",
                region=regions[0] if regions else None,
                name_contains=parts[0] if parts else None,
            ),
        )
    )


def _parts_of_names(words: Words) -> tuple[Found, Words]:
    """What a name shall contain: `whose name contains X`, `like X`, `with X in the name`."""
    low = lowered(words)
    for index, word in enumerate(low):
        after = index + 1
        if word in _CONTAINS or (word == "with" and {"name", "names"} & set(low[index:])):
            while after < len(low) and low[after] in _AROUND_A_PART:
                after += 1
            if after < len(low) and is_name(low[after]):
                return (low[after],), (*words[:after], "", *words[after + 1 :])
    return (), words


def read_settings(words: Words, facts: Facts) -> Intent | None:
    """Settings of clusters or namespaces; None when the clause asks for nothing that can be read."""
    low = lowered(words)
    if set(low) & (_NOT_IN_A_READ | NEGATIONS):
        return None
    regions, rest = pick_region(words, anywhere=True)
    region = regions[0] if len(regions) == 1 else None
    clusters, rest = pick_names(rest, "cluster")
    topics = _topics(low)
    namespaces, workgroups, bare = _others(rest, clusters, topics)
    if not (topics or _asks_for_all(low) or (_NAMESPACE & set(low) and (namespaces or workgroups))):
        return None
    clusters += tuple(name for name in bare if not facts.is_namespace(name) and not set(low) & {"serverless"})
    namespaces += tuple(facts.namespace_of(name) or name for name in workgroups)
    namespaces += tuple(name for name in bare if name not in clusters)
    if not clusters and not namespaces:
        return _referred(low, topics, facts, region)
    return Calls(_cluster_calls(topics, clusters, region) + _namespace_calls(namespaces, region))


def _others(words: Words, clusters: Found, topics: Found) -> tuple[Found, Found, Found]:
    namespaces, rest = pick_names(words, "namespace")
    workgroups, rest = pick_names(rest, "workgroup")
    if clusters or namespaces or workgroups:
        return namespaces, workgroups, ()
    bare, rest = pick_bare_names(rest)
    return (), (), bare or pick_identifiers(rest)[0] or (_at_an_end(rest) if topics else ())


def _at_an_end(words: Words) -> Found:
    """A name at the very end or the very beginning: `maintenance settings analytics`."""
    ends = (words[-1], words[0]) if words else ()
    return tuple(word.lower() for word in ends if is_name(word))[:1]


def _topics(low: Words) -> tuple[str, ...]:
    """The tools that read what the words ask about, in the order of the tools."""
    said = set(low)
    wanted: list[str] = []
    if said & _MAINTENANCE:
        wanted.append("get_cluster_maintenance_settings")
    if said & _COPY or (said & {"snapshot", "snapshots"} and said & _SNAPSHOT_SETTINGS):
        wanted.append("get_cluster_snapshot_copy_settings")
    if said & {"queries", "query"} and said & {"scheduled", "schedule", "schedules"}:
        wanted.append("list_scheduled_queries")
    if "usage" in said and said & {"limit", "limits"}:
        wanted.append("get_cluster_usage_limits")
    if said & {"wlm", "queue", "queues"}:
        wanted.append("get_cluster_wlm_queues")
    return tuple(wanted)


def _asks_for_all(low: Words) -> bool:
    begins = low[0] in READ_VERBS | QUESTION_WORDS | _EVERYTHING or looks_like_a_name(low[0])
    return begins and (bool(set(low) & _EVERYTHING) or low[0] in ("describe", "inspect") or low[1:3] == ("me", "about"))


def _cluster_calls(topics: tuple[str, ...], clusters: Found, region: str | None) -> tuple[Call, ...]:
    wanted = topics or ("get_cluster_config",)
    return tuple(call(tool, cluster_id=cluster, region=region) for cluster in clusters for tool in wanted)


def _namespace_calls(namespaces: Found, region: str | None) -> tuple[Call, ...]:
    names = dict.fromkeys(namespaces)
    return tuple(call("get_serverless_settings", namespace_name=name, region=region) for name in names)


def _referred(low: Words, topics: tuple[str, ...], facts: Facts, region: str | None) -> Intent | None:
    """What a request without a name means: the thing read last where it refers to one, a question otherwise."""
    said = set(low)
    before = facts.last_acting.done
    last = before[-1].call if before else None
    if last is not None and (said & PRONOUNS or low[0] in READ_VERBS | {"what", "which", "where"} or len(low) < 6):
        place = region or last.arguments.get("region")
        cluster, namespace = last.arguments.get("cluster_id"), last.arguments.get("namespace_name")
        if cluster and last.tool in CLUSTER_READS:
            return Calls(_cluster_calls(topics, (cluster,), place))
        if namespace and set(topics) <= {"get_cluster_maintenance_settings", "get_cluster_snapshot_copy_settings"}:
            return Calls(_namespace_calls((namespace,), place))
    if said & _NAMESPACE:
        return Ask("namespace", "Of which namespace?")
    return Ask("cluster", "Of which cluster?") if topics or "cluster" in said else None
