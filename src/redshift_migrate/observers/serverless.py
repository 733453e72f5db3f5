"""Namespaces and workgroups: found by name, with what exists and looks alike when they are not there."""

from __future__ import annotations

from collections.abc import Collection

from redshift_migrate.aws.door import Aws
from redshift_migrate.errors import NamespaceNotFound, ResourceNotFound, WorkgroupNotFound
from redshift_migrate.models.base import JsonObject
from redshift_migrate.models.plan import Call
from redshift_migrate.models.regions import either, similar
from redshift_migrate.models.serverless import AbsentTarget, ServerlessTarget
from redshift_migrate.observers.target import observe_target, require_ready

__all__ = ["namespace_names", "observe_namespace", "observe_workgroup", "offered_tracks", "require_ready"]

SERVICE = "redshift-serverless"


def observe_namespace(
    aws: Aws,
    namespace_name: str,
    workgroup_name: str | None,
    region: str,
    members: Collection[str] = ("snapshot_copy",),
) -> ServerlessTarget:
    """The namespace, its workgroup if it has one, and those members. NamespaceNotFound names what looks alike.

    What may not be read is an error here: who asks for so little needs all of it.
    """
    target = observe_target(aws, namespace_name, workgroup_name, region, members=members, strict=True)
    if isinstance(target, AbsentTarget):
        names = list(namespace_names(aws, region))
        raise NamespaceNotFound(
            f"There is no serverless namespace {namespace_name!r} in {region}. Nothing was changed.",
            hint=_what_exists("Namespaces", namespace_name, names, region),
            namespace_name=namespace_name,
            region=region,
            similar=similar(namespace_name, names),
        )
    if workgroup_name is not None and target.workgroup is None:
        raise _no_workgroup(aws, workgroup_name, region)
    return target


def observe_workgroup(aws: Aws, workgroup_name: str, region: str) -> ServerlessTarget:
    """The workgroup with its namespace. WorkgroupNotFound names what exists and looks alike."""
    return observe_namespace(aws, namespace_of(aws, workgroup_name, region), workgroup_name, region, members=())


def namespace_of(aws: Aws, workgroup_name: str, region: str) -> str:
    """The name of a workgroup's namespace. WorkgroupNotFound names what exists and looks alike."""
    try:
        reply = aws.call(_call(region, "GetWorkgroup", workgroupName=workgroup_name))
    except ResourceNotFound as error:
        raise _no_workgroup(aws, workgroup_name, region) from error
    return str(reply["workgroup"]["namespaceName"])


def _no_workgroup(aws: Aws, workgroup_name: str, region: str) -> WorkgroupNotFound:
    names = [one["workgroupName"] for one in aws.pages(_call(region, "ListWorkgroups"), "workgroups")]
    return WorkgroupNotFound(
        f"There is no serverless workgroup {workgroup_name!r} in {region}. Nothing was changed.",
        hint=_what_exists("Workgroups", workgroup_name, names, region),
        workgroup_name=workgroup_name,
        region=region,
        similar=similar(workgroup_name, names),
    )


def namespace_names(aws: Aws, region: str) -> tuple[str, ...]:
    """The namespaces of the region."""
    return tuple(sorted(one["namespaceName"] for one in aws.pages(_call(region, "ListNamespaces"), "namespaces")))


def offered_tracks(aws: Aws, region: str) -> tuple[str, ...]:
    """The maintenance tracks that serverless offers in the region."""
    return tuple(sorted(one["trackName"] for one in aws.pages(_call(region, "ListTracks"), "tracks")))


def _what_exists(kind: str, name: str, names: list[str], region: str) -> str:
    near = similar(name, names)
    if near:
        return f"Did you mean {either(near)}?"
    if names:
        return f"{kind} in {region}: {', '.join(sorted(names)[:10])}."
    return f"There are none in {region}; is it the right region and account?"


def _call(region: str, operation: str, **parameters: str) -> Call:
    given: JsonObject = dict(parameters)
    return Call(service=SERVICE, region=region, operation=operation, parameters=given)
