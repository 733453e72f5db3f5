"""In which order a fleet moves: a pure function of what a look has found and of what a person has decided.

The old nodes go first, because they are the ones with a date; then what nobody depends on: development, staging,
production. Small clusters go before big ones. Who consumes a datashare moves no earlier than who produces it. A wave
holds no more clusters of a region than it has room for, and no more than can be looked after at once.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from redshift_migrate.models.fleet import Fleet, Member, Room, Wave
from redshift_migrate.models.listing import NONE, place_of
from redshift_migrate.translators.capacity import keeps_data_on_nodes

SIDE_BY_SIDE = 3
"""How many runs go on at the same time, unless somebody says otherwise."""
MOST_IN_A_WAVE = 10
MINUTES_OF_A_MOVE = 50
"""Snapshot, namespace, workgroup and restore, as the plan of a move with data has it; much data takes longer."""
ADDRESSES_OF_A_WORKGROUP = 3
"""At least so many free ones in the subnets. Source: Management Guide, "Considerations when using Amazon Redshift
Serverless"; how many a workgroup takes depends on its capacity."""

STAGES = ("old nodes", "development", "staging", "production", "environment not tagged")
_ENVIRONMENTS = {
    "dev": 1,
    "development": 1,
    "test": 1,
    "testing": 1,
    "sandbox": 1,
    "qa": 2,
    "stage": 2,
    "staging": 2,
    "preprod": 2,
    "prod": 3,
    "production": 3,
    "live": 3,
}
"""What tags call an environment → its stage; anything else is a stage of its own at the end."""


def plan_waves(
    fleet: Fleet, left_out: Iterable[str] = (), most: int = MOST_IN_A_WAVE
) -> tuple[tuple[Wave, ...], dict[str, str]]:
    """The waves in their order, and by key why a cluster is in none of them."""
    outside = set(left_out)
    waiting = {each.key: _why_not(each, outside) for each in fleet.members if _why_not(each, outside)}
    movable = [each for each in fleet.members if each.key not in waiting]
    producers = _producers(fleet)
    stages = _stages(movable, producers)
    room = {(each.account, each.region): _space(each) for each in fleet.rooms}
    waves: list[Wave] = []
    for stage, name in enumerate(STAGES):
        of_stage = _in_order([each for each in movable if stages[each.key] == stage], producers)
        for part in _cut(of_stage, most):
            fitting = [each for each in part if _fits(each, room)]
            waiting |= {each.key: _no_room(each) for each in part if each not in fitting}
            if fitting:
                waves.append(_wave(len(waves) + 1, name, fitting, fleet))
    return tuple(waves), waiting


def _why_not(member: Member, left_out: set[str]) -> str:
    if member.key in left_out:
        return "left out, as decided"
    if member.readiness == "blocked":
        return f"blocked: {', '.join(member.codes)}"
    if member.readiness == "unknown":
        return f"not known: needs {', '.join(member.not_known)}"
    return ""


def _producers(fleet: Fleet) -> dict[str, set[str]]:
    """By key of a cluster, the keys of those whose data it reads."""
    by_arn = {each.namespace_arn: each.key for each in fleet.members if each.namespace_arn}
    found: dict[str, set[str]] = {}
    for share in fleet.shares:
        producer, consumer = by_arn.get(share.producer_arn), by_arn.get(share.consumer)
        if producer and consumer and producer != consumer:
            found.setdefault(consumer, set()).add(producer)
    return found


def _stages(movable: Sequence[Member], producers: Mapping[str, set[str]]) -> dict[str, int]:
    """Each in the stage of its own kind, or in that of its latest producer."""
    stages = {each.key: _stage(each) for each in movable}
    for _ in movable:  # a chain is no longer than the fleet; a ring ends with all of it in its latest stage
        later = {
            key: max([stages[key], *(stages[each] for each in producers.get(key, ()) if each in stages)])
            for key in stages
        }
        if later == stages:
            break
        stages = later
    return stages


def _stage(member: Member) -> int:
    if keeps_data_on_nodes(member.cluster.node_type):
        return 0
    return _ENVIRONMENTS.get(member.cluster.environment or NONE, len(STAGES) - 1)


def _in_order(members: Sequence[Member], producers: Mapping[str, set[str]]) -> list[Member]:
    """Small before big, and each after those whose data it reads, where they are of the same stage."""
    left = sorted(members, key=lambda each: (each.memory_gib or math.inf, each.key))
    ordered: list[Member] = []
    while left:
        waiting = {each.key for each in left}
        free = [each for each in left if not producers.get(each.key, set()) & waiting]
        ordered.append((free or left)[0])  # of a ring, whoever comes first
        left.remove(ordered[-1])
    return ordered


def _cut(members: Sequence[Member], most: int) -> list[Sequence[Member]]:
    """Parts of one region and account, each no longer than a wave, in the order of their first members."""
    parts: list[list[Member]] = []
    for each in members:
        part = next((one for one in parts if len(one) < most and _place(one[0]) == _place(each)), None)
        if part is None:
            parts.append([each])
        else:
            part.append(each)
    return list(parts)


def _place(member: Member) -> tuple[str | None, str]:
    return member.cluster.account, member.cluster.region


def _space(room: Room) -> int | None:
    """How many clusters the region has room for; None: not known."""
    addresses = None if room.free_addresses is None else room.free_addresses // ADDRESSES_OF_A_WORKGROUP
    return min((each for each in (room.namespaces, room.workgroups, addresses) if each is not None), default=None)


def _fits(member: Member, room: dict[tuple[str | None, str], int | None]) -> bool:
    """True while there is room, which is taken then."""
    left = room.get(_place(member))
    if left is None:
        return True
    room[_place(member)] = left - 1
    return left > 0


def _no_room(member: Member) -> str:
    return (
        f"no room left in {member.cluster.region}: ask for a higher quota of namespaces and workgroups, or more subnets"
    )


def _wave(number: int, name: str, members: Sequence[Member], fleet: Fleet) -> Wave:
    account, region = _place(members[0])
    where = place_of(members[0].cluster)
    codes = Counter(code for each in members for code in each.codes)
    notes = [f"{code}: {many}" for code, many in codes.most_common()]
    unknown = not any((each.account, each.region) == (account, region) and _space(each) for each in fleet.rooms)
    return Wave(
        number=number,
        about=f"{name}, {where}",
        keys=tuple(each.key for each in members),
        minutes=math.ceil(len(members) / SIDE_BY_SIDE) * MINUTES_OF_A_MOVE,
        notes=(*notes, *(["how much room the region has is not known"] if unknown else [])),
    )
