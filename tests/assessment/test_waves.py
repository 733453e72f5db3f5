"""The order of a fleet: what must hold for any fleet, and the order of its kinds."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from redshift_migrate.assessment.waves import MOST_IN_A_WAVE, STAGES, plan_waves
from redshift_migrate.models.fleet import Fleet, Room, Share
from tests.support.fleets import HOME, REGION, fleet, member

OTHER = "eu-west-1"


@st.composite
def fleets(draw: st.DrawFn) -> Fleet:
    members = [
        member(
            f"c{number}",
            region=draw(st.sampled_from((REGION, OTHER))),
            node_type=draw(st.sampled_from(("dc2.large", "ra3.xlplus"))),
            environment=draw(st.sampled_from((None, "dev", "staging", "prod", "elsewhere"))),
            readiness=draw(st.sampled_from(("ready", "decide", "blocked", "unknown"))),
            memory_gib=draw(st.sampled_from((None, 32, 64, 512))),
        )
        for number in range(draw(st.integers(0, 24)))
    ]
    arns = [str(each.namespace_arn) for each in members]
    shares = draw(st.lists(st.tuples(st.sampled_from(arns), st.sampled_from(arns)), max_size=12)) if arns else []
    left = draw(st.sampled_from((None, 0, 3, 40)))
    rooms = (Room(region=REGION, namespaces=left, workgroups=left), Room(region=OTHER))
    return fleet(*members, rooms=rooms, shares=tuple(Share(producer_arn=one, consumer=other) for one, other in shares))


@given(fleets())
def test_every_cluster_is_in_one_wave_or_told_why_not(any_fleet: Fleet) -> None:
    waves, waiting = plan_waves(any_fleet)
    placed = Counter(key for wave in waves for key in wave.keys)
    assert set(placed.values()) <= {1}
    assert placed.keys() | waiting.keys() == {each.key for each in any_fleet.members}
    assert not placed.keys() & waiting.keys()
    by_key = {each.key: each for each in any_fleet.members}
    assert {by_key[key].readiness for key in placed} <= {"ready", "decide"}
    assert [wave.number for wave in waves] == list(range(1, len(waves) + 1))


@given(fleets())
def test_a_wave_is_small_in_one_region_and_within_its_room(any_fleet: Fleet) -> None:
    waves, _ = plan_waves(any_fleet)
    regions = {each.key: each.cluster.region for each in any_fleet.members}
    assert all(0 < len(wave.keys) <= MOST_IN_A_WAVE for wave in waves)
    assert all(len({regions[key] for key in wave.keys}) == 1 for wave in waves)
    room = next(each.namespaces for each in any_fleet.rooms if each.region == REGION)
    taken = sum(regions[key] == REGION for wave in waves for key in wave.keys)
    assert room is None or taken <= room


@given(fleets())
def test_who_reads_a_share_moves_no_earlier_than_who_gives_it(any_fleet: Fleet) -> None:
    """Unless they share with each other in a ring, in which nobody can be first."""
    waves, _ = plan_waves(any_fleet)
    stage_of = {key: STAGES.index(wave.about.partition(", ")[0]) for wave in waves for key in wave.keys}
    keys = {each.namespace_arn: each.key for each in any_fleet.members}
    for share in any_fleet.shares:
        one, other = keys[share.producer_arn], keys[share.consumer]
        if one in stage_of and other in stage_of:
            assert stage_of[one] <= stage_of[other]


def test_old_nodes_first_then_by_environment_and_size() -> None:
    waves, _ = plan_waves(
        fleet(
            member("big", environment="prod", memory_gib=512),
            member("small", environment="production", memory_gib=32),
            member("none"),
            member("try", environment="dev"),
            member("old", environment="prod", node_type="dc2.large"),
            member("stage", environment="staging"),
        )
    )
    names = [[key.partition("@")[0] for key in wave.keys] for wave in waves]
    assert names == [["old"], ["try"], ["stage"], ["small", "big"], ["none"]]


def test_a_consumer_waits_for_its_producer_and_the_producer_comes_first_in_their_wave() -> None:
    waves, _ = plan_waves(
        fleet(
            member("a-reader", environment="dev", memory_gib=32),
            member("giver", environment="prod", memory_gib=512),
            shares=(Share(producer_arn="arn:giver", consumer="arn:a-reader"),),
        )
    )
    assert [key.partition("@")[0] for wave in waves for key in wave.keys] == ["giver", "a-reader"]


def test_what_was_left_out_and_what_has_no_room_is_said() -> None:
    some = fleet(
        *(member(f"c{number}") for number in range(5)),
        rooms=(Room(region=REGION, namespaces=3, workgroups=2, free_addresses=90),),
    )
    waves, waiting = plan_waves(some, [f"c1@{REGION}/{HOME}"])
    assert [len(wave.keys) for wave in waves] == [2]
    assert "left out" in waiting[f"c1@{REGION}/{HOME}"]
    assert sum("no room" in why for why in waiting.values()) == 2


def test_the_scarcest_subnet_bounds_a_wave_too() -> None:
    some = fleet(*(member(f"c{number}") for number in range(5)), rooms=(Room(region=REGION, free_addresses=7),))
    waves, _ = plan_waves(some)
    assert [len(wave.keys) for wave in waves] == [2]
