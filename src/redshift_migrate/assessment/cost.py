"""What a cluster costs today, and between what serverless may lie: pure arithmetic, every figure with its formula.

A price that is not known makes the figure unknown; nothing is guessed, and no price is taken from another region.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime

import redshift_facts as record
from redshift_migrate.assessment.telling import usd
from redshift_migrate.models.base import Unknown, moment_text
from redshift_migrate.models.cluster import ProvisionedClusterConfig
from redshift_migrate.models.cost import HOURS_A_MONTH, Activity, Estimate, Figure, Price, Prices
from redshift_migrate.translators.capacity import GIB_PER_NODE, keeps_data_on_nodes, max_capacity_rpu, memory_gib

SCALING_FACTOR = 1.5
"""The upper end of the range is so many times the lower: more capacity for peaks, minutes that were begun, waking up.
An assumption of this program; a week on serverless tells the truth."""
DAYS_OF_BOTH = 7
"""Cluster and serverless run side by side for so long, unless somebody is quicker."""
MB_PER_GB = 1024

_FREE_SCALING_HOURS = record.number("prices.billing", "free_concurrency_scaling_hours_a_month")
_RESERVED_PERCENT = record.number("prices.billing", "reserved_no_upfront_percent")
_COPY_GB = record.amounts("prices.billing")["copy_to_another_region_gb"]


def estimate(
    cluster: ProvisionedClusterConfig,
    base_rpu: int,
    prices: Prices,
    activity: Activity | Unknown,
    now: datetime,
    max_rpu: int | None = None,
) -> Estimate:
    """Today, after and the move itself, with what there is to think of them."""
    ceiling = max_rpu or max_capacity_rpu(base_rpu)
    today = (_nodes(cluster, prices, activity), *_storage(cluster, prices), *_scaling(cluster, prices, activity))
    after = (_compute(base_rpu, ceiling, prices, activity), *_storage(cluster, prices, serverless=True))
    hour = _hour(cluster, prices)
    made = Estimate(
        cluster_id=cluster.cluster_id,
        region=cluster.region,
        account_id=cluster.account_id,
        at=moment_text(now.replace(microsecond=0)),
        nodes=f"{cluster.number_of_nodes or '?'} x {cluster.node_type or 'unknown node type'}",
        base_capacity_rpu=base_rpu,
        max_capacity_rpu=ceiling,
        prices=prices,
        activity=activity,
        today=today,
        after=after,
        once=tuple(_once(cluster, prices)),
        break_even_share=_share(hour, prices.rpu_hour, base_rpu),
        ceiling_usd_hour=prices.rpu_hour.usd * ceiling if prices.rpu_hour else None,
        usage_limit_rpu_hours=_limit(today[0].low, prices.rpu_hour),
        left_out=_left_out(cluster),
    )
    return made.model_copy(update={"advice": tuple(_advice(cluster, made))})


def _nodes(cluster: ProvisionedClusterConfig, prices: Prices, activity: Activity | Unknown) -> Figure:
    hour, awake = _hour(cluster, prices), _awake(activity)
    price = prices.node_hour
    return Figure(
        name="nodes",
        low=None if hour is None else hour * HOURS_A_MONTH * awake,
        formula="nodes x price of a node-hour x 730 x share of the time that it was not paused",
        inputs=(
            ("nodes", f"{cluster.number_of_nodes or 'unknown'} x {cluster.node_type or 'unknown'}"),
            ("node-hour", _tell(price, prices.region, cluster.node_type or "")),
            ("not paused", f"{awake:.0%} of the week" if _is_measured(activity) else "taken for all the time"),
        ),
        **_source_of(price),
    )


def _storage(cluster: ProvisionedClusterConfig, prices: Prices, *, serverless: bool = False) -> Iterator[Figure]:
    if not serverless and keeps_data_on_nodes(cluster.node_type):
        return
    gb, price = _stored_gb(cluster), prices.storage_gb_month
    yield Figure(
        name="managed storage",
        low=None if gb is None or price is None else gb * price.usd,
        formula="GB stored x price of a GB-month",
        inputs=(
            ("stored", "unknown: no snapshot tells it" if gb is None else f"{gb:,.0f} GB, as the newest snapshot says"),
            ("GB-month", _tell(price, prices.region)),
        ),
        **_source_of(price),
    )


def _scaling(cluster: ProvisionedClusterConfig, prices: Prices, activity: Activity | Unknown) -> Iterator[Figure]:
    """Concurrency scaling beyond the free hours; nothing where it was not used."""
    if isinstance(activity, Unknown) or not activity.concurrency_scaling_s:
        return
    hours = activity.concurrency_scaling_s / 3600 * HOURS_A_MONTH / (activity.minutes / 60)
    billed, hour = max(0.0, hours - _FREE_SCALING_HOURS), _hour(cluster, prices)
    yield Figure(
        name="concurrency scaling",
        low=None if hour is None else billed * hour,
        formula="(hours of extra clusters in a month - 30 free ones) x nodes x price of a node-hour",
        inputs=(("hours in a month", f"{hours:.1f}"), ("of them billed", f"{billed:.1f}")),
        **_source_of(prices.node_hour),
    )


def _compute(base_rpu: int, ceiling: int, prices: Prices, activity: Activity | Unknown) -> Figure:
    price = prices.rpu_hour
    formula = f"base RPU x active hours of a month x price of an RPU-hour; up to {SCALING_FACTOR} times that"
    inputs = [("base capacity", f"{base_rpu} RPU"), ("RPU-hour", _tell(price, prices.region))]
    if isinstance(activity, Unknown) or not activity.reported_minutes:
        why = (
            f"needs {activity.needs_action}" if isinstance(activity, Unknown) else "it reported nothing, as when paused"
        )
        inputs.append(("active share", f"unknown: {why}"))
        return Figure(name="compute", low=None, formula=formula, inputs=tuple(inputs), **_source_of(price))
    hours = activity.share * HOURS_A_MONTH
    low, most = base_rpu * hours, min(base_rpu * hours * SCALING_FACTOR, ceiling * hours)
    inputs.append(("active share", f"{activity.share:.1%} of the minutes from {activity.start} to {activity.end}"))
    inputs.append(("measured by", activity.method))
    inputs.append(("active hours of a month", f"{hours:.0f}"))
    return Figure(
        name="compute",
        low=None if price is None else low * price.usd,
        high=None if price is None else most * price.usd,
        formula=formula,
        inputs=tuple(inputs),
        **_source_of(price),
    )


def _once(cluster: ProvisionedClusterConfig, prices: Prices) -> Iterator[Figure]:
    hour, gb = _hour(cluster, prices), _stored_gb(cluster)
    yield Figure(
        name=f"{DAYS_OF_BOTH} days of both",
        low=None if hour is None else hour * 24 * DAYS_OF_BOTH,
        formula="nodes x price of a node-hour x 24 x days on which both run",
        inputs=(("days", str(DAYS_OF_BOTH)),),
        **_source_of(prices.node_hour),
    )
    if cluster.snapshot_copy_config is not None:
        fact = record.fact("prices.billing", "copy_to_another_region_gb")
        yield Figure(
            name="first copy to the other region",
            low=None if gb is None else gb * _COPY_GB,
            formula="GB stored x price of transfer of a GB",
            inputs=(("GB transferred", f"{_COPY_GB} USD, assumed: no page of AWS was found for this region"),),
            source=fact.source,
            date=fact.date,
        )


def _advice(cluster: ProvisionedClusterConfig, made: Estimate) -> Iterator[str]:
    """What an honest seller of serverless would say against it too."""
    today, after = made.today_total, made.after_range
    nodes, compute, of = made.today[0].low, made.after[0], ""
    if (today is None or after is None) and nodes is not None and compute.low is not None:
        today, after, of = nodes, (compute.low, compute.most or compute.low), ", for compute alone"
    if today is not None and after is not None:
        if after[0] >= today:
            yield f"At this activity staying on the cluster is cheaper than serverless{of}."
        elif after[1] <= today:
            yield f"At this activity serverless is cheaper, at both ends of the range{of}."
        else:
            yield f"Which of the two is cheaper depends on where in the range the workload lands{of}."
    elif made.break_even_share is not None:
        share = made.break_even_share
        yield (
            f"Serverless is cheaper for compute while less than {share:.0%} of the time is active."
            if share <= 1
            else "At this base capacity serverless compute is never dearer than the nodes."
        )
    yield from _tell_reserved_nodes(cluster)
    yield from _other_nodes(cluster, made)
    yield from _reservation(made)
    if isinstance(made.activity, Activity) and made.activity.connected_minutes > 2 * made.activity.active_minutes:
        yield (
            "Clients stay connected while nothing runs. Queries that keep connections alive (SELECT 1) are billed on "
            "serverless for a minute each: turn them off."
        )
    yield "The base capacity has the memory of the nodes, which is no promise of the same speed: watch the first days."


def _tell_reserved_nodes(cluster: ProvisionedClusterConfig) -> Iterator[str]:
    if isinstance(cluster.reserved_nodes, Unknown):
        yield "Whether reserved nodes go on being billed is not known: needs redshift:DescribeReservedNodes."
        return
    for each in (one for one in cluster.reserved_nodes if one.node_type == cluster.node_type):
        until = f" until {each.ends_at[:10]}" if each.ends_at else " to the end of its term"
        yield f"Reserved nodes ({each.node_count} x {each.node_type}) are billed on{until}, whatever runs."


def _other_nodes(cluster: ProvisionedClusterConfig, made: Estimate) -> Iterator[str]:
    """RG nodes of as much memory, where they would be cheaper than today."""
    memory, hour = memory_gib(cluster), _hour(cluster, made.prices)
    if memory is None or hour is None or (cluster.node_type or "").startswith("rg."):
        return
    prices = made.prices.other_node_hours
    needed = {node_type: max(math.ceil(memory / GIB_PER_NODE[node_type]), 2) for node_type in prices}
    costs = {node_type: nodes * prices[node_type].usd for node_type, nodes in needed.items()}
    best = min(costs, key=lambda node_type: costs[node_type], default=None)
    if best is not None and costs[best] < hour:
        yield (
            f"{needed[best]} x {best} have as much memory for {usd(costs[best] * HOURS_A_MONTH)} a month, "
            f"against {usd(hour * HOURS_A_MONTH)} for today's nodes: an alternative to serverless."
        )


def _reservation(made: Estimate) -> Iterator[str]:
    compute = made.after[0]
    if made.prices.rpu_hour is None or compute.low is None:
        return
    price = made.prices.rpu_hour.usd * (1 - _RESERVED_PERCENT / 100)
    reserved = made.base_capacity_rpu * HOURS_A_MONTH * price
    if reserved < compute.low:
        yield (
            f"It is so busy that a serverless reservation would be cheaper: {usd(reserved)} a month for "
            f"{made.base_capacity_rpu} RPU, used or not, bound for a year. This program never buys one."
        )


def _left_out(cluster: ProvisionedClusterConfig) -> tuple[str, ...]:
    spectrum = "Spectrum scans (5 USD per TB on RA3 and DC2; folded into the RPU price on serverless)"
    return (
        "tax, discounts and credits",
        spectrum,
        "manual snapshots",
        "transfer to clients",
        *(["the copies in the other region"] if cluster.snapshot_copy_config is not None else []),
    )


def _hour(cluster: ProvisionedClusterConfig, prices: Prices) -> float | None:
    """What all nodes cost in an hour."""
    nodes, price = cluster.number_of_nodes, prices.node_hour
    zones = 2 if cluster.multi_az else 1
    return None if nodes is None or price is None else nodes * zones * price.usd


def _awake(activity: Activity | Unknown) -> float:
    """The share of the time for which it reported anything; a paused cluster reports nothing."""
    if isinstance(activity, Unknown) or not activity.minutes or not activity.reported_minutes:
        return 1.0
    return min(activity.reported_minutes / activity.minutes, 1.0)


def _is_measured(activity: Activity | Unknown) -> bool:
    return isinstance(activity, Activity) and activity.reported_minutes > 0


def _stored_gb(cluster: ProvisionedClusterConfig) -> float | None:
    stored = cluster.stored_mb
    return None if stored is None or isinstance(stored, Unknown) else stored / MB_PER_GB


def _share(hour: float | None, price: Price | None, base_rpu: int) -> float | None:
    return None if hour is None or price is None else hour / (base_rpu * price.usd)


def _limit(nodes_month: float | None, price: Price | None) -> int | None:
    return None if nodes_month is None or price is None else int(nodes_month / price.usd)


def _tell(price: Price | None, region: str, what: str = "") -> str:
    return f"{price.usd:g} USD" if price else f"unknown for {what + ' in ' if what else ''}{region}"


def _source_of(price: Price | None) -> dict[str, str]:
    return {"source": price.source, "date": price.date} if price else {}
