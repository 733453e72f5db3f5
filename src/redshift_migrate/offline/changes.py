"""Requests that change something: snapshot copy of a namespace, the track of a workgroup.

A change is understood only when the clause is a plain command and every word of it is accounted for. A question,
a quotation, a negation or a word that might mean something else makes it not understood.
"""

from __future__ import annotations

from dataclasses import dataclass

from redshift_migrate.models.cluster import KEPT_INDEFINITELY
from redshift_migrate.offline.facts import Facts
from redshift_migrate.offline.intents import Ask, Call, Calls, Intent, NotUnderstood, Say, call
from redshift_migrate.offline.slots import (
    Found,
    leftover,
    pick_bare_names,
    pick_destination,
    pick_grant,
    pick_key,
    pick_names,
    pick_region,
    pick_retention,
)
from redshift_migrate.offline.words import (
    REMOVE_VERBS,
    SET_VERBS,
    UPDATE_VERBS,
    Words,
    is_name,
    lowered,
    vocabulary,
)

COPY_TOOLS = (
    "configure_serverless_snapshot_copy",
    "update_serverless_snapshot_copy",
    "remove_serverless_snapshot_copy",
)

_COPY_WORDS = vocabulary("copy copying replicate replication")
_KEPT_COPIES = vocabulary("copies copied")
TRACKS = frozenset({"current", "trailing"})

_COMMON = vocabulary("the a an of for on to in with by at from and its it please now too also thanks thank you")
_COPY_FILLERS = _COMMON | vocabulary(
    """
    snapshot snapshots copy copies copied copying replicate replication cross-region serverless configuration
    config setting settings retention period keep keeping kept retain retained them these those using use under
    key kms grant named called region regions namespace namespaces destination that this same as is be into so will
    their
    """
)
_TRACK_FILLERS = _COMMON | vocabulary("maintenance track workgroup workgroups serverless onto follow following value")


@dataclass(frozen=True)
class _CopyRequest:
    """What the words of a snapshot copy request say."""

    verb: str
    namespaces: Found
    destinations: Found
    retentions: tuple[int, ...]
    grants: Found
    keys: Found
    regions: Found
    unknown: Words

    @property
    def contradiction(self) -> str:
        """What was said twice and differently, empty when nothing was."""
        said = {
            "retentions": self.retentions,
            "destination regions": self.destinations,
            "regions": self.regions,
            "grants": self.grants,
            "keys": self.keys,
        }
        return next((f"it names several {what}" for what, values in said.items() if len(values) > 1), "")

    @property
    def retention(self) -> int | None:
        return self.retentions[0] if self.retentions else None

    @property
    def region(self) -> str | None:
        return self.regions[0] if self.regions else None


def read_copy_change(words: Words, facts: Facts) -> Intent | None:
    """Configure, update or remove the snapshot copy of a namespace; None when the clause is about something else."""
    verb = words[0].lower()
    if verb not in SET_VERBS | UPDATE_VERBS | REMOVE_VERBS or not _about_copies(words, facts):
        return None
    if {"cluster", "clusters"} & set(lowered(words)):
        return Say(
            "I change the snapshot copy of serverless namespaces only, never of a provisioned cluster. Name the "
            "namespace, for example: configure snapshot copy for namespace my-namespace to us-west-2 with 7 day "
            "retention."
        )
    request = _copy_request(words, facts)
    if request.unknown:
        return NotUnderstood(" ".join(words), f"I do not know what to make of: {' '.join(request.unknown)}")
    if request.contradiction:
        return NotUnderstood(" ".join(words), request.contradiction)
    if not request.namespaces:
        return Ask("namespace", "Of which namespace?")
    if verb in REMOVE_VERBS:
        return _remove(words, request)
    return _configure_or_update(words, request)


def _about_copies(words: Words, facts: Facts) -> bool:
    low = set(lowered(words))
    if words[0].lower() in ("copy", "replicate"):  # of a namespace, only its snapshots can be copied
        return bool(low & {"snapshot", "snapshots"})
    if low & _COPY_WORDS or ("snapshots" in low and low & _KEPT_COPIES):
        return True
    if low & _KEPT_COPIES and low & {"keep", "retain", "retention"}:
        return True
    says_how_long = bool(pick_retention(words)[0])
    before = {done.call.tool for done in facts.last_acting.done}
    return says_how_long and bool(before & {*COPY_TOOLS, "get_serverless_settings"})


def _copy_request(words: Words, facts: Facts) -> _CopyRequest:
    keys, rest = pick_key(words[1:])
    grants, rest = pick_grant(rest)
    retentions, rest = pick_retention(rest)
    destinations, rest = pick_destination(rest)
    regions, rest = pick_region(rest)
    namespaces, rest = pick_names(rest, "namespace")
    if not namespaces:
        namespaces, rest = pick_bare_names(rest)
    newest = facts.newest("namespace_name")
    low = set(lowered(words))
    refers = low & {"it", "its", "that", "this", "same"} or not low & _COPY_WORDS
    if not namespaces and newest and refers:
        namespaces = (newest,)
    return _CopyRequest(
        verb=words[0].lower(),
        namespaces=namespaces,
        destinations=destinations,
        retentions=retentions,
        grants=grants,
        keys=keys,
        regions=regions,
        unknown=leftover(rest, _COPY_FILLERS),
    )


def _remove(words: Words, request: _CopyRequest) -> Intent:
    if not set(lowered(words)) & _COPY_WORDS:
        return NotUnderstood(" ".join(words), "I can stop the copying, but I never delete snapshots or their copies")
    if request.retentions or request.destinations or request.grants or request.keys:
        return NotUnderstood(" ".join(words), "removing a snapshot copy needs only the namespace")
    return _for_each(request, "remove_serverless_snapshot_copy")


def _configure_or_update(words: Words, request: _CopyRequest) -> Intent:
    if request.destinations and not set(lowered(words)) & (_COPY_WORDS | _KEPT_COPIES):
        return NotUnderstood(" ".join(words))
    if request.destinations:
        if request.verb in UPDATE_VERBS and request.retention is None:
            return Ask("retention", "And how long shall the copies be kept? Moving them makes the configuration anew.")
        return _for_each(
            request,
            "configure_serverless_snapshot_copy",
            destination_region=request.destinations[0],
            # Left out is how the tool is told "kept indefinitely".
            retention_period_days=None if request.retention == KEPT_INDEFINITELY else request.retention,
            snapshot_copy_grant_name=request.grants[0] if request.grants else None,
            kms_key_id=request.keys[0] if request.keys else None,
        )
    low = set(lowered(words))
    updates = request.verb in UPDATE_VERBS or (
        request.verb in ("set", "make") and ("retention" in low or not low & _COPY_WORDS)
    )
    if not updates:
        return Ask("destination", "To which region?")
    if request.grants or request.keys:
        return Ask("destination", "A new key means a new configuration. To which region shall it copy?")
    if request.retention is None:
        return Ask("retention", "How long shall the copies be kept?")
    return _for_each(request, "update_serverless_snapshot_copy", retention_period_days=request.retention)


def _for_each(request: _CopyRequest, tool: str, **arguments: object) -> Calls:
    return Calls(
        tuple(
            call(tool, namespace_name=namespace, **arguments, region=request.region) for namespace in request.namespaces
        )
    )


def read_track_change(words: Words, facts: Facts) -> Intent | None:
    """Put a workgroup on a track; None when the clause is about something else."""
    low = lowered(words)
    if low[0] not in SET_VERBS | UPDATE_VERBS | {"put", "switch", "move"} or not {"track", "tracks"} & set(low):
        return None
    if {"cluster", "clusters"} & set(low):
        return Say("I set the track of serverless workgroups only, never of a provisioned cluster. Name the workgroup.")
    regions, rest = pick_region(words[1:])
    workgroups, rest, missing = _workgroups(rest, facts)
    tracks = tuple(dict.fromkeys(word.lower() for word in rest if word.lower() in TRACKS))
    unknown = leftover(rest, _TRACK_FILLERS | TRACKS)
    if missing:
        return missing
    if unknown or len(tracks) > 1 or len(regions) > 1:
        why = f"I do not know what to make of: {' '.join(unknown)}" if unknown else "it names several tracks or regions"
        return NotUnderstood(" ".join(words), why)
    if not workgroups:
        return Ask("workgroup", "Of which workgroup?")
    if not tracks:
        return Ask("track", "To which track: current or trailing?")
    region = regions[0] if regions else None
    made: tuple[Call, ...] = tuple(
        call("set_workgroup_track", workgroup_name=name, track=tracks[0], region=region) for name in workgroups
    )
    return Calls(made)


def _workgroups(words: Words, facts: Facts) -> tuple[Found, Words, Ask | None]:
    """The workgroups meant; by their namespace where the conversation has shown which one belongs to it."""
    named, rest = pick_names(words, "workgroup")
    if named:
        return named, rest, None
    namespaces, rest = pick_names(words, "namespace")
    if namespaces:
        found = tuple(name for each in namespaces if (name := facts.workgroup_of(each)))
        ask = Ask(
            "workgroup", f"Of which workgroup? Tracks belong to workgroups; I have not seen that of {namespaces[0]}."
        )
        return found, tuple("" if word.lower() == "namespace" else word for word in rest), None if found else ask
    bare, rest = pick_bare_names(words)
    if bare:
        return bare, rest, None
    first = next((index for index, word in enumerate(words) if word), None)
    if first is not None and is_name(words[first]):  # "put W on the trailing track"
        return (words[first].lower(),), ("", *words[first + 1 :]), None
    newest = facts.newest("workgroup_name") or facts.workgroup_of(facts.newest("namespace_name") or "")
    refers = {"it", "its", "that", "this"} & set(lowered(words))
    return ((newest,) if newest and refers else ()), words, None
