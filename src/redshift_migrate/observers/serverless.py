"""Namespaces and workgroups: found by name, with what exists and looks alike when they are not there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from redshift_migrate.aws.door import Aws
from redshift_migrate.errors import NamespaceNotFound, ResourceNotFound, TargetNotReady, WorkgroupNotFound
from redshift_migrate.models.base import JsonObject
from redshift_migrate.models.plan import Call
from redshift_migrate.models.regions import either, similar
from redshift_migrate.models.serverless import (
    NamespaceObserved,
    ServerlessConfig,
    ServerlessTarget,
    WorkgroupObserved,
)
from redshift_migrate.observers import snapshot_copy

SERVICE = "redshift-serverless"


def observe_namespace(aws: Aws, namespace_name: str, region: str) -> ServerlessTarget:
    """The namespace, its workgroup if it has one, and its copy configuration. NamespaceNotFound otherwise."""
    try:
        namespace = aws.call(_call(region, "GetNamespace", namespaceName=namespace_name))["namespace"]
    except ResourceNotFound as error:
        names = namespace_names(aws, region)
        raise NamespaceNotFound(
            f"There is no serverless namespace {namespace_name!r} in {region}. Nothing was changed.",
            hint=_what_exists("Namespaces", namespace_name, names, region),
            namespace_name=namespace_name,
            region=region,
            similar=similar(namespace_name, names),
        ) from error
    workgroups = aws.pages(_call(region, "ListWorkgroups"), "workgroups")
    workgroups = [each for each in workgroups if each.get("namespaceName") == namespace_name]
    return _target(aws, namespace, workgroups[0] if workgroups else None, region)


def observe_workgroup(aws: Aws, workgroup_name: str, region: str) -> ServerlessTarget:
    """The workgroup with its namespace. WorkgroupNotFound names what exists and looks alike."""
    try:
        workgroup = aws.call(_call(region, "GetWorkgroup", workgroupName=workgroup_name))["workgroup"]
    except ResourceNotFound as error:
        workgroups = aws.pages(_call(region, "ListWorkgroups"), "workgroups")
        names = [each["workgroupName"] for each in workgroups]
        raise WorkgroupNotFound(
            f"There is no serverless workgroup {workgroup_name!r} in {region}. Nothing was changed.",
            hint=_what_exists("Workgroups", workgroup_name, names, region),
            workgroup_name=workgroup_name,
            region=region,
            similar=similar(workgroup_name, names),
        ) from error
    namespace = aws.call(_call(region, "GetNamespace", namespaceName=workgroup["namespaceName"]))["namespace"]
    return _target(aws, namespace, workgroup, region)


def require_ready(target: ServerlessTarget) -> None:
    """TargetNotReady while namespace or workgroup are being changed by somebody."""
    busy = [("namespace", target.namespace.namespace_name, target.namespace.status)]
    if target.workgroup is not None:
        busy.append(("workgroup", target.workgroup.workgroup_name, target.workgroup.status))
    for kind, name, status in busy:
        if status != "AVAILABLE":
            raise TargetNotReady(
                f"The {kind} {name} is {status}, and AWS takes no change until it is AVAILABLE. Nothing was changed.",
                hint="Wait until it is done and ask again.",
                name=name,
                status=status,
            )


def namespace_names(aws: Aws, region: str) -> tuple[str, ...]:
    """The namespaces of the region."""
    found = aws.pages(_call(region, "ListNamespaces"), "namespaces")
    return tuple(sorted(each["namespaceName"] for each in found))


def offered_tracks(aws: Aws, region: str) -> tuple[str, ...]:
    """The maintenance tracks that serverless offers in the region."""
    return tuple(sorted(each["trackName"] for each in aws.pages(_call(region, "ListTracks"), "tracks")))


def _target(aws: Aws, namespace: dict[str, Any], workgroup: dict[str, Any] | None, region: str) -> ServerlessTarget:
    name = namespace["namespaceName"]
    copies, configuration_id = snapshot_copy.observe_snapshot_copy(aws, name, region)
    return ServerlessTarget(
        region=region,
        config=ServerlessConfig(
            namespace_name=name,
            workgroup_name=workgroup["workgroupName"] if workgroup else None,
            track_name=workgroup.get("trackName") if workgroup else None,
            snapshot_copy=copies,
        ),
        namespace=NamespaceObserved(
            namespace_name=name,
            namespace_arn=namespace["namespaceArn"],
            status=namespace["status"],
            snapshot_copy_configuration_id=configuration_id,
        ),
        workgroup=_workgroup(workgroup) if workgroup else None,
    )


def _workgroup(workgroup: dict[str, Any]) -> WorkgroupObserved:
    return WorkgroupObserved(
        workgroup_name=workgroup["workgroupName"],
        workgroup_arn=workgroup["workgroupArn"],
        status=workgroup["status"],
        track_name=workgroup.get("trackName"),
        pending_track_name=workgroup.get("pendingTrackName"),
        workgroup_version=workgroup.get("workgroupVersion"),
        base_capacity_rpu=workgroup.get("baseCapacity"),
    )


def _what_exists(kind: str, name: str, names: Sequence[str], region: str) -> str:
    near = similar(name, names)
    if near:
        return f"Did you mean {either(near)}?"
    if names:
        return f"{kind} in {region}: {', '.join(sorted(names)[:10])}."
    return f"There are none in {region}; is it the right region and account?"


def _call(region: str, operation: str, **parameters: str) -> Call:
    given: JsonObject = dict(parameters)
    return Call(service=SERVICE, region=region, operation=operation, parameters=given)
