"""Long lists: each page once and in order, the next one under way while the last is read, every call seen."""

from __future__ import annotations

import math

import pytest

from redshift_migrate.aws.client import WIRE_ATTEMPTS, AwsClient
from redshift_migrate.aws.door import Aws, Observed, WatchingDoor
from redshift_migrate.aws.session import PinnedSession, moment_of
from redshift_migrate.errors import AwsError
from redshift_migrate.models.plan import Call
from redshift_simulator import SimulatedAccount, SimulatedAws
from redshift_simulator.faults import FaultKind

REGION = "us-west-1"
MANY = 537
ALL = Call(service="redshift", region=REGION, operation="DescribeClusters")


class Watched(WatchingDoor):
    """Keeps what it sees."""

    def __init__(self, door: Aws) -> None:
        super().__init__(door)
        self.told: list[Observed] = []

    def saw(self, observed: Observed) -> None:
        self.told.append(observed)


@pytest.fixture
def door(account: SimulatedAccount, aws: SimulatedAws) -> Watched:
    """A watched door to an account with many clusters."""
    account.settings["fleet"] = {REGION: MANY}
    return Watched(AwsClient(PinnedSession(aws.endpoint_url, REGION)))


def test_every_page_is_asked_once_in_order_and_seen(account: SimulatedAccount, door: Watched) -> None:
    names = [each["ClusterIdentifier"] for each in door.pages(ALL, "Clusters")]
    assert names == sorted(names)
    assert len(set(names)) == MANY
    assert len(account.calls) == math.ceil(MANY / 100) == len(door.told)
    sent = [call.parameters for call in account.calls]
    assert [each.call.parameters for each in door.told] == sent
    assert len({each.request_id for each in door.told}) == len(sent)


@pytest.mark.parametrize(("kind", "attempts"), [("denied", 1), ("throttle", WIRE_ATTEMPTS)])
@pytest.mark.parametrize("nth", [1, 2, 6])
def test_a_page_that_is_refused_ends_the_list_and_is_seen(
    account: SimulatedAccount, door: Watched, kind: FaultKind, attempts: int, nth: int
) -> None:
    account.faults.add("redshift:DescribeClusters", kind=kind, nth=nth, times=attempts)
    with pytest.raises(AwsError):
        door.pages(ALL, "Clusters")
    assert [bool(each.error_code) for each in door.told] == [False] * (nth - 1) + [True]


def test_a_list_of_one_page_is_one_call(account: SimulatedAccount, door: Watched) -> None:
    account.settings["fleet"] = {REGION: 7}
    assert len(door.pages(ALL, "Clusters")) == 7
    assert len(account.calls) == 1


@pytest.mark.parametrize(
    ("spelled", "moment"),
    [
        ("2026-12-01T03:00:00Z", "2026-12-01T03:00:00Z"),
        ("2026-12-01T03:00:00.000Z", "2026-12-01T03:00:00Z"),
        ("2026-12-01T03:00:00.250Z", "2026-12-01T03:00:00.250000Z"),
        ("2026-12-01T04:00:00+01:00", "2026-12-01T03:00:00Z"),
        (1_796_094_000, "2026-12-01T03:00:00Z"),
        (1_796_094_000.5, "2026-12-01T03:00:00.500000Z"),
        ("Tue, 01 Dec 2026 03:00:00 GMT", "2026-12-01T03:00:00Z"),
    ],
)
def test_a_moment_is_spelled_in_one_way(spelled: str | float, moment: str) -> None:
    assert moment_of(spelled) == moment
