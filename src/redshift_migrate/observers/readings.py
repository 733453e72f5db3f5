"""The readings: for each the call that is made, and what its reply says in our own words.

Observers, and the checks, waits and guards of steps, read AWS through these functions alone, so what a plan compares
cannot differ from what is observed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from redshift_migrate.aws.door import Aws
from redshift_migrate.errors import AwsError
from redshift_migrate.models import settings
from redshift_migrate.models.base import Json, JsonObject
from redshift_migrate.models.parameters import effective, read_parameters
from redshift_migrate.models.plan import Call, Check, Reading, ReadingName, Wait
from redshift_migrate.models.scheduled_query_forms import (
    from_rule,
    from_schedule,
    rule_values,
    rule_without_targets,
    schedule_values,
    target_parameters,
)
from redshift_migrate.models.source import RUN_TAG

SERVERLESS = "redshift-serverless"
NOT_FOUND = ("ResourceNotFoundException",)


@dataclass(frozen=True)
class Definition:
    """How one reading is made."""

    operation: str
    parameters: dict[str, str]
    """What the call is given: the API's name of each argument, by ours."""
    values: Callable[[Any, JsonObject], JsonObject | None]
    """From the reply, or the list in it, and the reading's arguments to our values; None when it is not there."""
    service: str = SERVERLESS
    listed: str = ""
    """The list in the reply, which is then read page by page."""
    absent_codes: tuple[str, ...] = NOT_FOUND
    """Error codes that mean "not there"."""
    when_absent: JsonObject | None = None


def call_of(reading: Reading) -> Call:
    """The call that a reading makes."""
    definition = READINGS[reading.name]
    given: JsonObject = {
        sent: reading.arguments[ours] for ours, sent in definition.parameters.items() if ours in reading.arguments
    }
    return Call(service=definition.service, region=reading.region, operation=definition.operation, parameters=given)


def read(aws: Aws, reading: Reading) -> JsonObject | None:
    """The values now; None when the thing is not there. One call, or one a page of a list."""
    definition, call = READINGS[reading.name], call_of(reading)
    try:
        reply: Any = aws.pages(call, definition.listed) if definition.listed else aws.call(call)
    except AwsError as error:
        if error.aws_code in definition.absent_codes:
            return definition.when_absent
        raise
    return definition.values(reply, reading.arguments)


@dataclass(frozen=True)
class Probe:
    """What a check read: the values that it is about, and those that later steps may refer to."""

    value: JsonObject | None
    outputs: JsonObject


def probe(aws: Aws, check: Check, outputs: Mapping[str, Json]) -> Probe:
    """The check's values now; None when the thing is not there."""
    found = read(aws, check.reading.fill(outputs))
    return Probe(check.pick(found), {name: found[name] for name in check.outputs} if found else {})


def look(aws: Aws, wait: Wait, outputs: Mapping[str, Json]) -> Json:
    """What a wait or a guard looks at; None when the thing is not there."""
    found = read(aws, wait.reading.fill(outputs))
    return None if found is None else found.get(wait.member)


# --- namespace and workgroup -----------------------------------------------------------------------------


def namespace_values(namespace: Mapping[str, Any]) -> JsonObject:
    """A namespace in our words: its settings, and what AWS alone decides."""
    return {
        **settings.read_all(settings.NAMESPACE, namespace),
        "namespace_name": namespace["namespaceName"],
        "namespace_arn": namespace.get("namespaceArn"),
        "status": namespace.get("status"),
        "admin_password_secret_arn": namespace.get("adminPasswordSecretArn"),
        # The snapshot that an undo takes first: the same for every attempt, another for every namespace.
        "final_snapshot_name": f"{namespace['namespaceName']}-before-undo-{namespace.get('namespaceId')}",
    }


def workgroup_values(workgroup: Mapping[str, Any]) -> JsonObject:
    """A workgroup in our words: its settings, each parameter, and what AWS alone decides."""
    parameters = read_parameters(workgroup.get("configParameters") or ())
    return {
        **settings.read_all(settings.WORKGROUP, workgroup),
        **{settings.parameter_member(key): value for key, value in effective(parameters).items()},
        "workgroup_name": workgroup["workgroupName"],
        "namespace_name": workgroup.get("namespaceName"),
        "workgroup_arn": workgroup.get("workgroupArn"),
        "custom_domain_name": workgroup.get("customDomainName"),
        "custom_domain_certificate_arn": workgroup.get("customDomainCertificateArn"),
        "status": workgroup.get("status"),
    }


def _namespace(reply: Mapping[str, Any], _: JsonObject) -> JsonObject:
    return namespace_values(reply["namespace"])


def _workgroup(reply: Mapping[str, Any], _: JsonObject) -> JsonObject:
    return workgroup_values(reply["workgroup"])


# --- what belongs to them --------------------------------------------------------------------------------


def _tags(reply: Mapping[str, Any], _: JsonObject) -> JsonObject:
    return dict(settings.tag_pairs(reply.get("tags") or ()))


def limit_values(limit: Mapping[str, Any]) -> JsonObject:
    """A usage limit with the id that an update or a deletion needs."""
    return {**settings.read_all(settings.USAGE_LIMIT, limit), "usage_limit_id": limit.get("usageLimitId")}


def _limit(reply: Mapping[str, Any], _: JsonObject) -> JsonObject:
    return limit_values(reply["usageLimit"])


def _limit_alike(limits: Sequence[Mapping[str, Any]], arguments: JsonObject) -> JsonObject | None:
    wanted = {name: value for name, value in arguments.items() if name != "resource_arn"}
    for limit in map(limit_values, limits):
        if all(limit[name] == value for name, value in wanted.items()):
            return limit
    return None


def _copy(copies: Sequence[Mapping[str, Any]], _: JsonObject) -> JsonObject | None:
    """The one copy configuration that a namespace may have."""
    if not copies:
        return None
    identifier = {"snapshot_copy_configuration_id": copies[0]["snapshotCopyConfigurationId"]}
    return {**settings.read_all(settings.SNAPSHOT_COPY, copies[0]), **identifier}


def _scheduled_snapshot(reply: Mapping[str, Any], _: JsonObject) -> JsonObject:
    action = reply["scheduledAction"]
    return {**settings.read_all(settings.SCHEDULED_SNAPSHOT, action), "namespace_name": action.get("namespaceName")}


def endpoint_values(endpoint: Mapping[str, Any], asked: Sequence[str] = ()) -> JsonObject:
    """An endpoint. AWS shows the subnets that it chose among those that it was asked for: they count as those."""
    values = settings.read_all(settings.ENDPOINT, endpoint)
    if set(endpoint.get("subnetIds") or ()) <= set(asked):
        values["subnet_ids"] = [*sorted(asked)]
    return {
        **values,
        "workgroup_name": endpoint.get("workgroupName"),
        "status": str(endpoint.get("endpointStatus") or "").upper(),
    }


def _endpoint(reply: Mapping[str, Any], arguments: JsonObject) -> JsonObject:
    asked = arguments.get("asked_subnet_ids")
    return endpoint_values(reply["endpoint"], [str(each) for each in asked] if isinstance(asked, list) else ())


def _policy(reply: Mapping[str, Any], _: JsonObject) -> JsonObject:
    return settings.read_all((settings.RESOURCE_POLICY,), reply)


def _cluster(reply: Mapping[str, Any], _: JsonObject) -> JsonObject | None:
    """A cluster as far as steps change it. One that pauses counts as paused: nobody is let in any more."""
    found = reply.get("Clusters") or ()
    if not found:
        return None
    status = found[0].get("ClusterStatus")
    return {
        "cluster_namespace_arn": found[0].get("ClusterNamespaceArn"),
        "status": status,
        "is_paused": status in ("pausing", "paused"),
        "custom_domain_name": found[0].get("CustomDomainName"),
        "custom_domain_certificate_arn": found[0].get("CustomDomainCertificateArn"),
    }


def _cluster_action(actions: Sequence[Mapping[str, Any]], _: JsonObject) -> JsonObject | None:
    return {"state": actions[0].get("State")} if actions else None


def _snapshot(reply: Mapping[str, Any], _: JsonObject) -> JsonObject | None:
    found = reply.get("Snapshots") or ()
    if not found:
        return None
    tags = {tag.get("Key"): tag.get("Value") for tag in found[0].get("Tags") or ()}
    return {
        "cluster_id": found[0].get("ClusterIdentifier"),
        "run": tags.get(RUN_TAG),
        "status": found[0].get("Status"),
        "snapshot_arn": found[0].get("SnapshotArn"),
    }


# --- scheduled queries -----------------------------------------------------------------------------------


def _rule(reply: Mapping[str, Any], _: JsonObject) -> JsonObject:
    return {**rule_values(rule_without_targets(reply)), "state": reply.get("State")}


def _targets(targets: Sequence[Mapping[str, Any]], arguments: JsonObject) -> JsonObject | None:
    ids = arguments.get("target_ids")
    found = [target for target in targets if not isinstance(ids, list) or target["Id"] in ids]
    listed: list[Json] = []
    for target in sorted(found, key=lambda target: str(target["Id"])):
        listed.append(target_parameters(from_rule(_ANY_RULE, target), target["Arn"]))
    return {"targets": listed} if listed else None


def _schedule(reply: Mapping[str, Any], _: JsonObject) -> JsonObject:
    return {**schedule_values(from_schedule(reply, datetime.now(UTC))), "state": reply.get("State")}


_ANY_RULE = {"Name": "", "Arn": ""}
"""A target is read without its rule."""

READINGS: dict[ReadingName, Definition] = {
    "namespace": Definition("GetNamespace", {"namespace_name": "namespaceName"}, _namespace),
    "workgroup": Definition("GetWorkgroup", {"workgroup_name": "workgroupName"}, _workgroup),
    "tags": Definition("ListTagsForResource", {"resource_arn": "resourceArn"}, _tags),
    "usage_limit": Definition("GetUsageLimit", {"usage_limit_id": "usageLimitId"}, _limit),
    "usage_limit_alike": Definition(
        "ListUsageLimits",
        {"resource_arn": "resourceArn", "usage_type": "usageType"},
        _limit_alike,
        listed="usageLimits",
    ),
    "snapshot_copy": Definition(
        "ListSnapshotCopyConfigurations",
        {"namespace_name": "namespaceName"},
        _copy,
        listed="snapshotCopyConfigurations",
    ),
    "scheduled_snapshot": Definition(
        "GetScheduledAction", {"scheduled_action_name": "scheduledActionName"}, _scheduled_snapshot
    ),
    "endpoint": Definition("GetEndpointAccess", {"endpoint_name": "endpointName"}, _endpoint),
    "resource_policy": Definition(
        "GetResourcePolicy",
        {"resource_arn": "ResourceArn"},
        _policy,
        service="redshift",
        absent_codes=("ResourceNotFoundFault", "ResourceNotFound", *NOT_FOUND),
        when_absent={"resource_policy": ""},
    ),
    "cluster": Definition(
        "DescribeClusters",
        {"cluster_id": "ClusterIdentifier"},
        _cluster,
        service="redshift",
        absent_codes=("ClusterNotFound", "ClusterNotFoundFault"),
    ),
    "cluster_action": Definition(
        "DescribeScheduledActions",
        {"name": "ScheduledActionName"},
        _cluster_action,
        service="redshift",
        listed="ScheduledActions",
        absent_codes=("ScheduledActionNotFound",),
    ),
    "cluster_snapshot": Definition(
        "DescribeClusterSnapshots",
        {"cluster_id": "ClusterIdentifier", "snapshot_identifier": "SnapshotIdentifier"},
        _snapshot,
        service="redshift",
        absent_codes=("ClusterSnapshotNotFound", "ClusterSnapshotNotFoundFault"),
    ),
    "rule": Definition("DescribeRule", {"name": "Name", "group": "EventBusName"}, _rule, service="events"),
    "rule_targets": Definition(
        "ListTargetsByRule",
        {"name": "Rule", "group": "EventBusName"},
        _targets,
        service="events",
        listed="Targets",
    ),
    "schedule": Definition("GetSchedule", {"name": "Name", "group": "GroupName"}, _schedule, service="scheduler"),
}
