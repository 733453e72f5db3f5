"""Requests that lean on the one before: "the same on namespace X", "and for X as well", "what about X?"."""

from __future__ import annotations

from typing import Any

from redshift_migrate.models.cluster import KEPT_INDEFINITELY
from redshift_migrate.offline.facts import Done, Facts
from redshift_migrate.offline.intents import CLUSTER_READS, Ask, Call, Calls, Intent, NotUnderstood, Say, call
from redshift_migrate.offline.slots import Found, leftover, pick_bare_names, pick_names, pick_region
from redshift_migrate.offline.words import (
    COMMA,
    READ_VERBS,
    Words,
    is_name,
    is_region,
    lowered,
    vocabulary,
)
from redshift_migrate.tools import tools_about

_DOING = vocabulary("set do configure apply use make put enable give add create")
_SAME = frozenset({"same", "likewise", "ditto"})
_TAIL = frozenset({"too", "also", "likewise"})
_FILLERS = vocabulary(
    """
    the a same thing things setting settings value values snapshot copy copying track maintenance config
    configuration on for to of in with at and also please too it its this that likewise ditto now again
    namespace namespaces workgroup workgroups cluster serverless is what how about 's as from repeat
    """
)
_NAMESPACE_CHANGES = tools_about("namespace", "change")


def read_carried(words: Words, facts: Facts, *, joined: bool) -> Intent | None:
    """What a clause that leans on an earlier one means; None when it stands on its own.

    `joined` says that it began with "and" or "also". Only a command ("set the same on …"), or a plain
    continuation of a change ("and for namespace X as well"), repeats a change; a question never does.
    """
    low = lowered(words)
    asks = low[:2] in {("what", "about"), ("how", "about")}
    same = bool(set(low) & _SAME)
    continues = (joined or bool(set(low) & _TAIL)) and low[0] in (
        "for",
        "on",
        "namespace",
        "workgroup",
        "cluster",
        "in",
    )
    names_only = joined and (is_name(low[0]) or is_region(low[0]))
    if not (asks or same or continues or names_only):
        return None
    rest = tuple(word for word in words[2:] if word) if asks else words
    commands = low[0] in _DOING and not asks
    shows = low[0] in READ_VERBS
    regions, rest = pick_region(rest, anywhere=True)
    target = _target(rest)
    if target is None or leftover(target.rest, _FILLERS | _DOING | READ_VERBS | {"me"}) or len(regions) > 1:
        return NotUnderstood(" ".join(words)) if same else None
    last = facts.last_acting.done
    region = regions[0] if regions else None
    changed = tuple(done for done in last if done.call.changes)
    if changed and not asks and not shows and (commands or same or continues or names_only):
        return _change_again(changed[-1].call, target, region, facts)
    if commands:
        return _set_what_was_read(target, region, facts)
    return _read_again(tuple(done for done in last if not done.call.changes) or last, target, region, facts)


class _Target:
    """What the clause names: clusters, namespaces, workgroups, or bare names of any of these."""

    def __init__(self, clusters: Found, namespaces: Found, workgroups: Found, bare: Found, rest: Words) -> None:
        self.clusters, self.namespaces, self.workgroups, self.bare = clusters, namespaces, workgroups, bare
        self.rest = rest

    @property
    def named(self) -> Found:
        return self.clusters + self.namespaces + self.workgroups + self.bare


def _target(words: Words) -> _Target | None:
    clusters, rest = pick_names(words, "cluster")
    namespaces, rest = pick_names(rest, "namespace")
    workgroups, rest = pick_names(rest, "workgroup")
    bare: Found = ()
    if not (clusters or namespaces or workgroups):
        bare, rest = pick_bare_names(rest)
        if not bare:
            bare = tuple(word.lower() for word in rest if is_name(word))
            rest = tuple("" if is_name(word) else word for word in rest)
    return _Target(clusters, namespaces, workgroups, bare, tuple(word for word in rest if word != COMMA))


def _change_again(last: Call, target: _Target, region: str | None, facts: Facts) -> Intent | None:
    """The change of the turn before, for another namespace or workgroup; region and values stay."""
    if last.tool in _NAMESPACE_CHANGES:
        names = target.namespaces or target.bare
        if target.clusters or target.workgroups or not names:
            return Ask("namespace", "On which namespace?")
        return Calls(tuple(last.having(namespace_name=name, **_in(region)) for name in names))
    if last.tool == "set_workgroup_track":
        names = target.workgroups or target.bare
        if not names:
            names = tuple(name for each in target.namespaces if (name := facts.workgroup_of(each)))
        if target.clusters or not names:
            return Ask("workgroup", "On which workgroup?")
        return Calls(tuple(last.having(workgroup_name=name, **_in(region)) for name in names))
    return None


def _set_what_was_read(target: _Target, region: str | None, facts: Facts) -> Intent | None:
    """Settings that were read from a cluster, set on a namespace or workgroup."""
    if target.clusters:
        return Say("I change serverless namespaces and workgroups only, never a provisioned cluster.")
    if target.workgroups:
        read = facts.newest_result("get_cluster_maintenance_settings")
        if read is None or not isinstance(read.value("maintenance_track"), str):
            return Say("I have no track at hand to set. Read a cluster's maintenance settings first.")
        track = str(read.value("maintenance_track"))
        place = region or read.call.arguments.get("region")
        return Calls(
            tuple(call("set_workgroup_track", workgroup_name=n, track=track, region=place) for n in target.workgroups)
        )
    names = target.namespaces or target.bare
    if not names:
        return Ask("namespace", "On which namespace?")
    read = facts.newest_result("get_cluster_snapshot_copy_settings")
    if read is None:
        return Say("I have no snapshot copy settings at hand to set. Read those of a cluster first.")
    if not read.value("snapshot_copy_enabled") or not isinstance(read.value("destination_region"), str):
        return Say(f"Snapshot copy is off on {read.call.arguments.get('cluster_id')}: there is nothing to set.")
    return Calls(tuple(_as_on_the_cluster(read, name, region) for name in names))


def _as_on_the_cluster(read: Done, namespace: str, region: str | None) -> Call:
    """The copy configuration that equals the cluster's.

    Serverless retention is for snapshots, so it is the cluster's retention of manual ones that carries over.
    """
    days: Any = read.value("manual_snapshot_retention_period_days")
    grant = read.value("snapshot_copy_grant_name")
    return call(
        "configure_serverless_snapshot_copy",
        namespace_name=namespace,
        destination_region=read.value("destination_region"),
        retention_period_days=days if isinstance(days, int) and days != KEPT_INDEFINITELY else None,
        snapshot_copy_grant_name=grant if isinstance(grant, str) else None,
        region=region or read.call.arguments.get("region"),
    )


def _read_again(last: tuple[Done, ...], target: _Target, region: str | None, facts: Facts) -> Intent | None:
    """What was read in the turn before, for another name or region."""
    reads = tuple(done.call for done in last if done.call.tool in CLUSTER_READS)
    if target.namespaces or target.workgroups or any(facts.is_namespace(name) for name in target.bare):
        names = target.namespaces or tuple(facts.namespace_of(n) or n for n in target.workgroups) or target.bare
        place = region or _place(last)
        return Calls(tuple(call("get_serverless_settings", namespace_name=name, region=place) for name in names))
    if not target.named and region is None:
        return None
    if reads:
        names = target.clusters or target.bare
        again = tuple(each.having(cluster_id=name, **_in(region)) for name in names for each in reads)
        return Calls(again or tuple(each.having(**_in(region)) for each in reads))
    listed = next((done.call for done in last if done.call.tool == "list_clusters"), None)
    if listed and region and not target.named:
        return Calls((listed.having(region=region),))
    if target.bare and any(done.call.tool in ("get_serverless_settings", *_NAMESPACE_CHANGES) for done in last):
        place = region or _place(last)
        return Calls(tuple(call("get_serverless_settings", namespace_name=n, region=place) for n in target.bare))
    return None


def _place(last: tuple[Done, ...]) -> str | None:
    return next((done.call.arguments["region"] for done in last if done.call.arguments.get("region")), None)


def _in(region: str | None) -> dict[str, str]:
    return {"region": region} if region else {}
