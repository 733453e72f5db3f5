"""What a cluster costs, and what serverless may: each figure with its formula, its inputs, its source and date."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from redshift_migrate.models.base import Unknown, Value

HOURS_A_MONTH = 730
"""As AWS reckons a month."""
HOURS_A_WEEK = 168


class Price(Value):
    """A price of one region, in USD without tax and discounts."""

    usd: float
    unit: str
    source: str
    date: str


class Prices(Value):
    """The prices that an estimate needs; None where none is known. Never those of another region."""

    region: str
    rpu_hour: Price | None = None
    node_hour: Price | None = None
    storage_gb_month: Price | None = None
    other_node_hours: dict[str, Price] = Field(default_factory=dict, description="of RG nodes, by type")
    note: str = Field("", description="why the Price List of AWS was not used, where it was not")


class Activity(Value):
    """How busy a cluster was in one stretch of time."""

    method: Literal["CloudWatch", "SYS_QUERY_HISTORY"] = "CloudWatch"

    start: str
    end: str
    minutes: int = Field(description="of the stretch")
    reported_minutes: int = Field(
        description="for which the cluster reported anything; it reports nothing while paused"
    )
    active_minutes: int = Field(description="in which it read or wrote, or a query ran")
    connected_minutes: int = Field(description="in which anybody was connected, busy or not")
    concurrency_scaling_s: float = 0
    disk_used_percent: float | None = None
    profile: tuple[float, ...] = Field((), description="active share of each hour of the week, Monday 00:00 UTC first")

    @property
    def share(self) -> float:
        """Of the stretch, how much it was active."""
        return self.active_minutes / self.minutes if self.minutes else 0.0


class Figure(Value):
    """One amount in USD, or why it is not known."""

    name: str
    low: float | None
    high: float | None = None
    formula: str
    inputs: tuple[tuple[str, str], ...] = ()
    source: str = ""
    date: str = ""

    @property
    def most(self) -> float | None:
        """The upper end."""
        return self.low if self.high is None else self.high


class Estimate(Value):
    """Today against after, a month of 730 hours each; what the move itself costs; and what to think of it."""

    cluster_id: str
    region: str
    account_id: str
    at: str
    nodes: str
    base_capacity_rpu: int
    max_capacity_rpu: int
    prices: Prices
    activity: Activity | Unknown
    today: tuple[Figure, ...]
    after: tuple[Figure, ...]
    once: tuple[Figure, ...]
    break_even_share: float | None = Field(
        None, description="active share at which compute costs the same; over 1: never"
    )
    ceiling_usd_hour: float | None = Field(None, description="what an hour costs at most, at the maximum capacity")
    usage_limit_rpu_hours: int | None = Field(None, description="a monthly limit that keeps compute at today's cost")
    advice: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def today_total(self) -> float | None:
        """A month of the cluster; None where a part of it is not known."""
        return _sum([each.low for each in self.today])

    @property
    def after_range(self) -> tuple[float, float] | None:
        """A month of serverless, from and to; None where a part of it is not known."""
        low, high = _sum([each.low for each in self.after]), _sum([each.most for each in self.after])
        return None if low is None or high is None else (low, high)


def _sum(amounts: list[float | None]) -> float | None:
    known = [each for each in amounts if each is not None]
    return sum(known) if len(known) == len(amounts) else None
