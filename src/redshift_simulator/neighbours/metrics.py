"""CloudWatch's series of clusters: made from the cluster's name and the minute, so that none has to be kept."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from redshift_simulator.account import SimulatedAccount
from redshift_simulator.errors import SimulatedError
from redshift_simulator.redshift.clusters import clusters_of
from redshift_simulator.registry import Parameters, operation

MOST_POINTS = 100_800
NAMESPACE = "AWS/Redshift"

Busy = Callable[[datetime], bool]
MINUTE_S, HOUR_S = 60, 3600
PROFILES: tuple[Busy, ...] = (
    lambda at: at.weekday() < 5 and 7 <= at.hour < 19,  # people at work
    lambda at: at.hour in (1, 2, 3) or (at.hour == 13 and at.minute < 20),  # loads by night, a report by day
    lambda at: at.minute < 12,  # a dashboard that refreshes every hour
    lambda at: True,  # never still
    lambda at: at.weekday() == 6 and at.hour == 4,  # once a week
)
FOUNDING = {"prod-db-1": 0}
"""Clusters whose profile is chosen, not drawn."""


@operation("monitoring", "GetMetricData")
def get_metric_data(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    start_s, end_s = parameters["StartTime"], parameters["EndTime"]
    queries = parameters["MetricDataQueries"]
    points = sum((end_s - start_s) / query["MetricStat"]["Period"] for query in queries)
    if points > MOST_POINTS:
        message = f"You have requested {points:.0f} data points, which exceeds the limit of {MOST_POINTS}."
        raise SimulatedError("ValidationError", message)
    return {"MetricDataResults": [_result(account, region, query, start_s, end_s) for query in queries], "Messages": []}


def _result(
    account: SimulatedAccount, region: str, query: Mapping[str, Any], start_s: float, end_s: float
) -> dict[str, Any]:
    metric, period = query["MetricStat"]["Metric"], int(query["MetricStat"]["Period"])
    name = next((each["Value"] for each in metric["Dimensions"] if each["Name"] == "ClusterIdentifier"), "")
    cluster = clusters_of(account, region).get(name) if metric["Namespace"] == NAMESPACE else None
    found = {"Id": query["Id"], "Label": metric["MetricName"], "StatusCode": "Complete"}
    if cluster is None or cluster["ClusterStatus"] == "paused" or metric["MetricName"] not in METRICS:
        return {**found, "Timestamps": [], "Values": []}
    first = int(start_s // period) * period
    moments = range(first, int(end_s // period) * period, period)
    busy = PROFILES[_profile(name)]
    values = [METRICS[metric["MetricName"]](name, at_s, busy(datetime.fromtimestamp(at_s, UTC))) for at_s in moments]
    return {**found, "Timestamps": list(reversed(moments)), "Values": list(reversed(values))}


def _profile(name: str) -> int:
    return FOUNDING.get(name, zlib.crc32(name.encode()) % len(PROFILES))


def queries_of(name: str, now_s: float) -> list[tuple[float, float]]:
    """Beginning and end of a week's queries: one of 30 s in each busy minute, and the last of each hour runs 3 min."""
    busy = PROFILES[_profile(name)]
    first = int(now_s // HOUR_S) * HOUR_S - 7 * 24 * HOUR_S
    minutes = (at_s for at_s in range(first, int(now_s), MINUTE_S) if busy(datetime.fromtimestamp(at_s, UTC)))
    return [(float(at_s), at_s + (180.0 if at_s % HOUR_S == HOUR_S - MINUTE_S else 30.0)) for at_s in minutes]


def _noise(name: str, at_s: int) -> float:
    """A number from 0 to 1."""
    return zlib.crc32(f"{name}/{at_s // MINUTE_S}".encode()) % 1000 / 1000


METRICS: Mapping[str, Callable[[str, int, bool], float]] = {
    "CPUUtilization": lambda name, at_s, busy: 20 + 60 * _noise(name, at_s) if busy else 1 + _noise(name, at_s),
    "ReadIOPS": lambda name, at_s, busy: 400 * _noise(name, at_s) + 1 if busy else 0.0,
    "WriteIOPS": lambda name, at_s, busy: 150 * _noise(name, at_s) if busy else 0.0,
    "DatabaseConnections": lambda name, at_s, busy: 12.0 if busy else 4.0,  # a pool that never lets go
    "ConcurrencyScalingSeconds": lambda name, at_s, busy: 0.0,
    "PercentageDiskSpaceUsed": lambda name, at_s, busy: 5 + zlib.crc32(name.encode()) % 20,
}
