"""What leans on a workgroup or a namespace and would break, or vanish, if it were deleted."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from redshift_migrate.aws.door import Aws
from redshift_migrate.errors import AccessDenied, ResourceNotFound
from redshift_migrate.extractors.scheduled_queries import event_buses
from redshift_migrate.models.base import Unknown
from redshift_migrate.models.dependent import Dependent, Dependents
from redshift_migrate.models.plan import Call, Step
from redshift_migrate.models.scheduled_query_forms import from_schedule, runs_statements

SERVERLESS = "redshift-serverless"


def deleted_dependents(aws: Aws, steps: Iterable[Step]) -> list[Dependents]:
    """What leans on each workgroup and namespace that these steps delete."""
    found: list[Dependents] = []
    for step in steps:
        call = step.call
        if call.operation == "DeleteWorkgroup":
            arn = str(step.check.reading.arguments["resource_arn"])
            found += workgroup_dependents(aws, str(call.parameters["workgroupName"]), arn, call.region)
        elif call.operation == "DeleteNamespace":
            found += namespace_dependents(aws, str(call.parameters["namespaceName"]), call.region)
    return found


def workgroup_dependents(aws: Aws, workgroup_name: str, workgroup_arn: str, region: str) -> tuple[Dependents, ...]:
    """VPC endpoints, rules of every event bus, and schedules that use the workgroup; Unknown where it was denied.

    Costs one call for the endpoints, one for the event buses and one for each, one for 100 schedules of the region,
    and one for each schedule that runs SQL.
    """
    return (
        _read_dependents(lambda: _endpoints(aws, workgroup_name, region), f"{SERVERLESS}:ListEndpointAccess"),
        _read_dependents(lambda: _rules(aws, workgroup_name, workgroup_arn, region), "events:ListRuleNamesByTarget"),
        _read_dependents(lambda: _schedules(aws, workgroup_name, region), "scheduler:GetSchedule"),
    )


def namespace_dependents(aws: Aws, namespace_name: str, region: str) -> tuple[Dependents, ...]:
    """Scheduled snapshots and snapshot copies of the namespace; Unknown where it was denied."""
    which = {"namespaceName": namespace_name}
    return (
        _read_dependents(lambda: _scheduled_actions(aws, which, region), f"{SERVERLESS}:ListScheduledActions"),
        _read_dependents(lambda: _copies(aws, which, region), f"{SERVERLESS}:ListSnapshotCopyConfigurations"),
    )


def _read_dependents(read: Callable[[], tuple[Dependent, ...]], action: str) -> Dependents:
    try:
        return read()
    except AccessDenied as error:
        return Unknown(needs_action=str(error.data.get("action") or action), reason=error.message)


def _endpoints(aws: Aws, workgroup_name: str, region: str) -> tuple[Dependent, ...]:
    found = aws.pages(_call(region, "ListEndpointAccess", workgroupName=workgroup_name), "endpoints")
    return tuple(
        Dependent(
            what=f"VPC endpoint {name}",
            of=f"workgroup {workgroup_name}",
            removal=_call(region, "DeleteEndpointAccess", endpointName=name),
        )
        for name in (each["endpointName"] for each in found)
    )


def _rules(aws: Aws, workgroup_name: str, workgroup_arn: str, region: str) -> tuple[Dependent, ...]:
    return tuple(
        Dependent(
            what=f"EventBridge rule {name} (bus {bus})",
            of=f"workgroup {workgroup_name}",
            removal=_call(region, "DeleteRule", "events", Name=name, EventBusName=bus),
        )
        for bus in event_buses(aws, region)
        for name in aws.pages(
            _call(region, "ListRuleNamesByTarget", "events", TargetArn=workgroup_arn, EventBusName=bus), "RuleNames"
        )
    )


def _schedules(aws: Aws, workgroup_name: str, region: str) -> tuple[Dependent, ...]:
    found = []
    for listed in aws.pages(_call(region, "ListSchedules", "scheduler"), "Schedules"):
        if not runs_statements((listed.get("Target") or {}).get("Arn") or ""):
            continue
        which = {"Name": listed["Name"], "GroupName": listed["GroupName"]}
        try:
            query = from_schedule(aws.call(_call(region, "GetSchedule", "scheduler", **which)), datetime.now(UTC))
        except ResourceNotFound:  # deleted since it was listed
            continue
        if query.workgroup == workgroup_name:
            found.append(
                Dependent(
                    what=f"Schedule {which['Name']} (group {which['GroupName']})",
                    of=f"workgroup {workgroup_name}",
                    removal=_call(region, "DeleteSchedule", "scheduler", **which),
                )
            )
    return tuple(found)


def _scheduled_actions(aws: Aws, which: dict[str, str], region: str) -> tuple[Dependent, ...]:
    found = aws.pages(_call(region, "ListScheduledActions", **which), "scheduledActions")
    return tuple(
        Dependent(
            what=f"Scheduled action {name}",
            of=f"namespace {which['namespaceName']}",
            removal=_call(region, "DeleteScheduledAction", scheduledActionName=name),
        )
        for name in (each["scheduledActionName"] for each in found)
    )


def _copies(aws: Aws, which: dict[str, str], region: str) -> tuple[Dependent, ...]:
    copies = aws.pages(_call(region, "ListSnapshotCopyConfigurations", **which), "snapshotCopyConfigurations")
    return tuple(
        Dependent(
            what=f"The snapshot copy to {copy['destinationRegion']}",
            of=f"namespace {which['namespaceName']}",
            removal=_call(
                region,
                "DeleteSnapshotCopyConfiguration",
                snapshotCopyConfigurationId=copy["snapshotCopyConfigurationId"],
            ),
        )
        for copy in copies
    )


def _call(region: str, operation: str, service: str = SERVERLESS, **parameters: str) -> Call:
    return Call(service=service, region=region, operation=operation, parameters={**parameters})
