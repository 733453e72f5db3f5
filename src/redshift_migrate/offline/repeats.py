"""Requests that lean on the one before: "the same on namespace X", "and for X as well", "what about X?"."""

from __future__ import annotations

from redshift_migrate.models.cluster import KEPT_INDEFINITELY
from redshift_migrate.offline import values as v
from redshift_migrate.offline.forms import COPY_TOOLS
from redshift_migrate.offline.history import History
from redshift_migrate.offline.meaning import Ask, Call, Calls, Meaning, NotUnderstood, Say, call, one_each
from redshift_migrate.offline.words import READ_VERBS, phrases, unknown_words, vocabulary, words_in
from redshift_migrate.tools import tools_about

_DOING = vocabulary("set do configure apply use make put enable give add create")
_SAME = vocabulary("same likewise ditto")
_TAIL = vocabulary("too also likewise")
_WHAT_ABOUT = phrases("what about, how about")
_GOES_ON = vocabulary("for on namespace workgroup cluster in")
_FILLERS = vocabulary(
    """
    the a same thing things setting settings value values snapshot copy copying track maintenance config me is what how
    configuration on for to of in with at and also please too it its this that likewise ditto now again about 's as from
    namespace namespaces workgroup workgroups cluster serverless repeat
    """
).union(_DOING, READ_VERBS)
_BARE = "bare"
_REPEATED = dict.fromkeys(COPY_TOOLS, "namespace") | {"set_workgroup_track": "workgroup"}
"""The changes that can be repeated, and what another of them needs the name of."""

_Names = dict[str, v.Found]
"""The names in a clause by kind; bare ones may be of any kind."""


def read_repeat(clause: str, history: History, *, joined: bool) -> Meaning | None:
    """What a clause that leans on an earlier one means; None when it stands on its own.

    `joined` says that it began with "and" or "also". Only a command ("set the same on …"), or a plain
    continuation of a change ("and for namespace X as well"), repeats a change; a question never does.
    """
    low = words_in(clause)
    asks, same = low[:2] in _WHAT_ABOUT, not _SAME.isdisjoint(low)
    goes_on = (joined or not _TAIL.isdisjoint(low)) and low[0] in _GOES_ON
    names_only = joined and v.first_of(v.pick_any_names, v.pick_any_region)(low[0])[0]
    if not (asks or same or goes_on or names_only):
        return None
    regions, rest = v.pick_any_region(" ".join(clause.split()[2:]) if asks else clause)
    names, rest = _names_in(rest)
    if unknown_words(rest, _FILLERS) or len(regions) > 1:
        return NotUnderstood(clause) if same else None
    region = regions[0] if regions else None
    changed = next((done.call for done in reversed(history.last_done) if done.call.changes), None)
    if not asks and ((changed and low[0] not in READ_VERBS) or low[0] in _DOING):
        return _change_for(names, changed, region, history)
    return _read_again(names, region, history)


def _names_in(clause: str) -> tuple[_Names, str]:
    names: _Names = {_BARE: ()}
    rest = clause
    for kind in ("cluster", "namespace", "workgroup"):
        names[kind], rest = v.names_of(kind)(rest)
    if not any(names.values()):
        names[_BARE], rest = v.first_of(v.pick_bare_names, v.pick_any_names)(rest)
    return names, rest


def _change_for(names: _Names, changed: Call | None, region: str | None, history: History) -> Meaning | None:
    """The change of the turn before, or one that sets what was read from a cluster, for what is named now."""
    kind = "workgroup" if names["workgroup"] else "namespace"
    kind = _REPEATED.get(changed.tool, "") if changed else kind
    wanted = names.get(kind) or names[_BARE]
    if kind == "workgroup" and not wanted:
        wanted = tuple(name for each in names["namespace"] if (name := history.workgroup_of(each)))
    if not kind:
        return None
    if names["cluster"]:
        return Say("I change serverless namespaces and workgroups only, never a provisioned cluster.")
    if not wanted or (kind == "namespace" and names["workgroup"]):
        return Ask(kind, f"On which {kind}?")
    made = changed or (_track_as_read(history) if kind == "workgroup" else _copy_as_read(history))
    if isinstance(made, Say):
        return made
    again = made.having(region=region or made.arguments.get("region"))
    return Calls(tuple(again.having(**{f"{kind}_name": name}) for name in wanted))


def _track_as_read(history: History) -> Call | Say:
    read = history.newest_result("get_cluster_maintenance_settings")
    if read is None or not isinstance(read.value("maintenance_track"), str):
        return Say("I have no track at hand to set. Read a cluster's maintenance settings first.")
    track, region = read.value("maintenance_track"), read.argument("region")
    return call("set_workgroup_track", workgroup_name="", track=track, region=region)


def _copy_as_read(history: History) -> Call | Say:
    """Serverless retention is for snapshots, so it is the cluster's retention of manual ones that is set."""
    read = history.newest_result("get_cluster_snapshot_copy_settings")
    if read is None:
        return Say("I have no snapshot copy settings at hand to set. Read those of a cluster first.")
    if not read.value("snapshot_copy_enabled") or not isinstance(read.value("destination_region"), str):
        return Say(f"Snapshot copy is off on {read.argument('cluster_id')}: there is nothing to set.")
    days, grant = read.value("manual_snapshot_retention_period_days"), read.value("snapshot_copy_grant_name")
    return call(
        "configure_serverless_snapshot_copy",
        namespace_name="",
        destination_region=read.value("destination_region"),
        retention_period_days=days if isinstance(days, int) and days != KEPT_INDEFINITELY else None,
        snapshot_copy_grant_name=grant if isinstance(grant, str) else None,
        region=read.argument("region"),
    )


def _read_again(names: _Names, region: str | None, history: History) -> Meaning | None:
    """What was read in the turn before, for another name or region."""
    last = tuple(d for d in history.last_done if not d.call.changes) or history.last_done
    place = region or next((found for done in last if (found := done.argument("region"))), None)
    bare = names[_BARE]
    namespaces = names["namespace"] or tuple(history.namespace_of(name) or name for name in names["workgroup"])
    if namespaces or any(history.is_namespace(name) for name in bare):
        return one_each("get_serverless_settings", "namespace_name", namespaces or bare, region=place)
    clusters = names["cluster"] or bare
    reads = [done.call for done in last if done.call.tool in tools_about("cluster", "read")]
    if reads and (clusters or region):
        again = [each.having(region=region or each.arguments.get("region")) for each in reads]
        return Calls(tuple(each.having(cluster_id=name) for name in clusters for each in again) or tuple(again))
    if region and not clusters:
        lists = tuple(done.call.having(region=region) for done in last if done.call.tool == "list_clusters")
        return Calls(lists[:1]) if lists else None
    if bare and any(done.call.tool in ("get_serverless_settings", *COPY_TOOLS) for done in last):
        return one_each("get_serverless_settings", "namespace_name", bare, region=place)
    return None
