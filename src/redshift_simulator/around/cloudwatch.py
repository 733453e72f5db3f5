"""CloudWatch alarms of the seed."""

from __future__ import annotations

from typing import Any

from redshift_simulator.account import SimulatedAccount
from redshift_simulator.around.asking_moto import LeftToNeighbourError, was_changed
from redshift_simulator.errors import SimulatedError
from redshift_simulator.pages import BadTokenError, page
from redshift_simulator.registry import Parameters, operation

KIND = "alarms"
PAGE_SIZE = 50


@operation("monitoring", "DescribeAlarms")
def describe_alarms(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    if was_changed(account, "monitoring") or set(parameters) - {"AlarmNames", "AlarmTypes", "MaxRecords", "NextToken"}:
        raise LeftToNeighbourError
    names, kinds = parameters.get("AlarmNames"), parameters.get("AlarmTypes", ["MetricAlarm"])
    alarms = [
        dict(alarm)
        for name, alarm in sorted(account.table(region, KIND).items())
        if (names is None or name in names) and "MetricAlarm" in kinds
    ]
    asked = parameters.get("MaxRecords", PAGE_SIZE)
    try:
        shown, token = page(alarms, parameters.get("NextToken"), min(asked, account.page_size or asked), KIND)
    except BadTokenError as error:
        raise SimulatedError("InvalidNextToken", "The next token is not valid.") from error
    return {"MetricAlarms": shown, "CompositeAlarms": []} | ({"NextToken": token} if token else {})


def alarm_of(
    account: SimulatedAccount, region: str, name: str, metric: str, *, dimensions: dict[str, str], topic: str
) -> None:
    """An alarm on a metric of Redshift."""
    account.table(region, KIND)[name] = {
        "AlarmName": name,
        "AlarmArn": account.arn("cloudwatch", region, f"alarm:{name}"),
        "ActionsEnabled": True,
        "AlarmActions": [topic],
        "StateValue": "OK",
        "Namespace": "AWS/Redshift",
        "MetricName": metric,
        "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions.items()],
        "Statistic": "Average",
        "Period": 300,
        "EvaluationPeriods": 3,
        "Threshold": 85.0,
        "ComparisonOperator": "GreaterThanThreshold",
    }
