"""How busy a cluster was: one week of CloudWatch's minutes, or of its own log of queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from redshift_migrate.aws.door import Aws
from redshift_migrate.clock import Clock
from redshift_migrate.errors import RedshiftMigrateError
from redshift_migrate.extractors.data_api import Cell, Where, ask, needed_action
from redshift_migrate.extractors.replies import Reply, read_or_unknown
from redshift_migrate.models import statements
from redshift_migrate.models.base import Unknown, moment_text
from redshift_migrate.models.cost import HOURS_A_WEEK, Activity
from redshift_migrate.models.plan import Call

DAYS = 7
MINUTE_S, HOUR_S = 60, 3600
METRICS: Mapping[str, tuple[str, str, int]] = {
    "cpu": ("CPUUtilization", "Average", MINUTE_S),
    "reads": ("ReadIOPS", "Average", MINUTE_S),
    "writes": ("WriteIOPS", "Average", MINUTE_S),
    "connections": ("DatabaseConnections", "Maximum", MINUTE_S),
    "scaling": ("ConcurrencyScalingSeconds", "Sum", HOUR_S),
    "disk": ("PercentageDiskSpaceUsed", "Average", HOUR_S),
}
"""Id of the query → metric, statistic and period. Source: Management Guide, "Performance data in Amazon Redshift";
minutes are kept for 15 days."""


def extract_activity(aws: Aws, cluster_id: str, region: str, now: datetime) -> Activity | Unknown:
    """The week that ended with the last whole hour. Unknown where CloudWatch may not be asked."""
    end = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    start = end - timedelta(days=DAYS)
    call = Call(
        service="cloudwatch",
        region=region,
        operation="GetMetricData",
        parameters={
            "StartTime": moment_text(start),
            "EndTime": moment_text(end),
            "MetricDataQueries": [_query(name, cluster_id) for name in METRICS],
        },
    )
    nothing = parse_activity([], start, end)
    return read_or_unknown(
        call, lambda: parse_activity(aws.pages(call, "MetricDataResults"), start, end), absent=nothing
    )


def extract_queries(aws: Aws, clock: Clock, where: Where, database: str) -> Activity | Unknown:
    """The same week from the cluster's own log of queries: exact, where that may be asked. It runs SQL."""
    end = clock.now().astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    try:
        begun, long = ask(aws, clock, where, database, [statements.ACTIVE_MINUTES, statements.LONG_QUERIES])
    except RedshiftMigrateError as error:
        return Unknown(needs_action=needed_action(error), reason=error.message)
    return parse_queries(begun, long, end - timedelta(days=DAYS), end)


def parse_queries(
    begun: Sequence[tuple[Cell, ...]], long: Sequence[tuple[Cell, ...]], start: datetime, end: datetime
) -> Activity:
    """The union of all minutes in which a query began or went on; what is billed is a minute at least."""
    minutes = {_minute(row[0]) for row in begun}
    for first, last in ((_minute(row[0]), _minute(row[1])) for row in long):
        minutes |= {
            first + timedelta(minutes=number) for number in range(int((last - first) / timedelta(minutes=1)) + 1)
        }
    active = sorted(moment_text(each) for each in minutes if start <= each < end)
    whole = int((end - start).total_seconds() // MINUTE_S)
    return Activity(
        method="SYS_QUERY_HISTORY",
        start=moment_text(start),
        end=moment_text(end),
        minutes=whole,
        reported_minutes=whole,
        active_minutes=len(active),
        connected_minutes=0,
        profile=_profile(active, (end - start) / timedelta(days=7)),
    )


def _minute(cell: Cell) -> datetime:
    """Redshift writes moments in UTC, without saying so."""
    found = datetime.fromisoformat(str(cell))
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).replace(second=0, microsecond=0)


def parse_activity(results: list[Reply], start: datetime, end: datetime) -> Activity:
    """The activity in the series of a reply; a series may come in several parts."""
    series: dict[str, dict[str, float]] = {name: {} for name in METRICS}
    for result in results:
        points = zip(result.get("Timestamps") or (), result.get("Values") or (), strict=False)
        series.setdefault(str(result.get("Id")), {}).update(points)
    active = [at for at, value in series["reads"].items() if value > 0 or series["writes"].get(at, 0.0) > 0] + [
        at for at, value in series["writes"].items() if value > 0 and at not in series["reads"]
    ]
    disk = list(series["disk"].values())
    return Activity(
        start=moment_text(start),
        end=moment_text(end),
        minutes=int((end - start).total_seconds() // MINUTE_S),
        reported_minutes=len(series["cpu"]),
        active_minutes=len(active),
        connected_minutes=sum(value > 0 for value in series["connections"].values()),
        concurrency_scaling_s=sum(series["scaling"].values()),
        disk_used_percent=round(sum(disk) / len(disk), 1) if disk else None,
        profile=_profile(active, (end - start) / timedelta(days=7)),
    )


def _query(name: str, cluster_id: str) -> dict[str, Any]:
    metric, statistic, period = METRICS[name]
    dimension = {"Name": "ClusterIdentifier", "Value": cluster_id}
    return {
        "Id": name,
        "MetricStat": {
            "Metric": {"Namespace": "AWS/Redshift", "MetricName": metric, "Dimensions": [dimension]},
            "Period": period,
            "Stat": statistic,
        },
    }


def _profile(active: list[str], weeks: float) -> tuple[float, ...]:
    hours = [0] * HOURS_A_WEEK
    for at in active:
        moment = datetime.fromisoformat(at)
        hours[moment.weekday() * 24 + moment.hour] += 1
    return tuple(round(min(minutes / 60 / weeks, 1.0), 3) for minutes in hours)
