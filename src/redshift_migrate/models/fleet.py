"""Many clusters at once: how ready each is, what ties them, in which order they may move."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Literal, get_args

from pydantic import Field

from redshift_migrate.models.base import Unknown, Value
from redshift_migrate.models.cluster import ClusterSummary, ProvisionedClusterConfig
from redshift_migrate.models.listing import COLUMNS, Unreadable, place_of, tell_place

Readiness = Literal["ready", "decide", "blocked", "unknown"]
READINESS: tuple[Readiness, ...] = get_args(Readiness)
"""From what can begin to what cannot be said."""
WORDS: dict[Readiness, str] = {
    "ready": "ready",
    "decide": "ready with decisions",
    "blocked": "blocked",
    "unknown": "unknown",
}
"""For people."""


class Share(Value):
    """A datashare from one cluster's namespace to another, or to an account."""

    producer_arn: str
    consumer: str = Field(description="ARN of a namespace, or an account")


class Room(Value):
    """What a region still has room for; None: not known."""

    region: str
    account: str | None = None
    namespaces: int | None = Field(None, description="serverless namespaces that may still be made")
    workgroups: int | None = Field(None, description="serverless workgroups that may still be made")
    free_addresses: int | None = Field(None, description="free IP addresses of the scarcest subnet group in use")

    @property
    def where(self) -> str:
        """Region, and account where several are looked at."""
        return tell_place(self.region, self.account)


class Look(Value):
    """What a quick look at one region of one account found: few reads, however many clusters."""

    account: str | None
    account_id: str
    region: str
    clusters: tuple[tuple[ClusterSummary, ProvisionedClusterConfig], ...] = ()
    shares: tuple[Share, ...] | Unknown = ()
    room: Room | None = None


class Member(Value):
    """One cluster of the fleet."""

    cluster: ClusterSummary
    account_id: str
    readiness: Readiness
    codes: tuple[str, ...] = Field((), description="what stops it, is to be decided, or done before; urgent first")
    controls: tuple[str, ...] = Field((), description="Security Hub controls that its serverless side would fail")
    not_known: tuple[str, ...] = Field((), description="IAM actions without which more cannot be said")
    namespace_arn: str | None = None
    memory_gib: int | None = None
    base_capacity_rpu: int | None = None

    @property
    def key(self) -> str:
        """Its name in the fleet: cluster, region and account."""
        return f"{self.cluster.cluster_id}@{self.cluster.region}/{self.account_id}"


def _of_cluster(column: str) -> Callable[[Member], str | None]:
    return lambda member: COLUMNS[column](member.cluster)


MEMBER_COLUMNS: Mapping[str, Callable[[Member], str | None]] = {
    **{column: _of_cluster(column) for column in COLUMNS},
    "readiness": lambda member: member.readiness,
}
"""What a fleet can be filtered by: what a list can, and how ready each is."""


def count_by_place(members: Iterable[Member]) -> dict[str, Counter[Readiness]]:
    """How many are how ready in each place, the places in their order."""
    found: dict[str, Counter[Readiness]] = {}
    for each in members:
        found.setdefault(place_of(each.cluster), Counter())[each.readiness] += 1
    return dict(sorted(found.items()))


class Fleet(Value):
    """All clusters that were found, and where nothing could be read."""

    at: str
    members: tuple[Member, ...]
    unreadable: tuple[Unreadable, ...] = ()
    regions_read: int = 0
    accounts: tuple[str, ...] = ()
    shares: tuple[Share, ...] = ()
    rooms: tuple[Room, ...] = ()


class Wave(Value):
    """Clusters that may move at the same time."""

    number: int
    about: str = Field(description="what they have in common")
    keys: tuple[str, ...]
    minutes: int = Field(description="how long it usually takes, as many side by side as may run at once")
    notes: tuple[str, ...] = ()


class FleetPlan(Value):
    """The order in which a fleet moves, and what was decided about it."""

    fleet: Fleet
    waves: tuple[Wave, ...]
    left_out: tuple[str, ...] = Field((), description="keys of clusters that a person took out")
    digests: dict[str, str] = Field(default_factory=dict, description="key of a cluster → digest of its saved plan")
    waiting: dict[str, str] = Field(default_factory=dict, description="key of a cluster in no wave → why")
    failed: dict[str, str] = Field(default_factory=dict, description="key of a cluster → why no plan could be made")
