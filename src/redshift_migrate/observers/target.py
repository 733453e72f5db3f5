"""The whole serverless side of a migration, as it is: everything that a plan may want to change."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any, Generic, TypeVar

from redshift_migrate.aws.door import Aws
from redshift_migrate.errors import AccessDenied, InvalidRequest, ResourceNotFound, TargetError
from redshift_migrate.models.base import Unknown
from redshift_migrate.models.plan import Call
from redshift_migrate.models.serverless import (
    AbsentTarget,
    NamespaceObserved,
    ScheduledSnapshot,
    ServerlessConfig,
    ServerlessTarget,
    UsageLimitObserved,
    WantedEndpoint,
    WorkgroupObserved,
)
from redshift_migrate.observers import readings
from redshift_migrate.observers.snapshot_copy import observe_snapshot_copy

SERVICE = "redshift-serverless"
AT_ONCE = 8
"""Reads in flight at a time."""

T = TypeVar("T")


def observe_target(
    aws: Aws, namespace_name: str, workgroup_name: str | None, region: str
) -> ServerlessTarget | AbsentTarget:
    """Namespace and workgroup with everything that belongs to them, or that neither is there.

    Without a workgroup name the namespace's own is taken: it has one at most. Reads run in parallel, at most three
    deep. A denied read leaves its member None and says so in `unread`. TargetError when the names do not belong
    together, so that no workgroup could be made.
    """
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        namespace = pool.submit(_namespace, aws, namespace_name, region)
        workgroups = aws.pages(_call(region, "ListWorkgroups"), "workgroups")
        found = namespace.result()
        workgroup = _workgroup_of(workgroups, namespace_name, workgroup_name)
        if found is None:
            return AbsentTarget(region=region, namespace_name=namespace_name, workgroup_name=workgroup_name)
        return _observed(aws, pool, found, workgroup, region)


def _namespace(aws: Aws, name: str, region: str) -> dict[str, Any] | None:
    try:
        reply: dict[str, Any] = aws.call(_call(region, "GetNamespace", namespaceName=name))["namespace"]
    except ResourceNotFound:
        return None
    return reply


def _workgroup_of(
    workgroups: list[dict[str, Any]], namespace_name: str, workgroup_name: str | None
) -> dict[str, Any] | None:
    """The workgroup of the namespace. A namespace has one at most, and a name is used once in a region."""
    own = next((each for each in workgroups if each.get("namespaceName") == namespace_name), None)
    named = next((each for each in workgroups if each["workgroupName"] == workgroup_name), None)
    if named is not None and named.get("namespaceName") != namespace_name:
        raise TargetError(
            f"Workgroup {workgroup_name} belongs to namespace {named.get('namespaceName')}, not to {namespace_name}. "
            "Nothing was changed.",
            hint="Name another workgroup, or that namespace.",
            workgroup_name=workgroup_name,
            namespace_name=named.get("namespaceName"),
        )
    if own is not None and workgroup_name not in (None, own["workgroupName"]):
        raise TargetError(
            f"Namespace {namespace_name} has workgroup {own['workgroupName']} already, and AWS gives a namespace only "
            f"one, so {workgroup_name} cannot be made for it. Nothing was changed.",
            hint=f"Use workgroup {own['workgroupName']}, or another namespace.",
            workgroup_name=own["workgroupName"],
            namespace_name=namespace_name,
        )
    return own


class _Read(Generic[T]):
    """One read under way, for one member of the configuration."""

    def __init__(self, pool: ThreadPoolExecutor, member: str, action: str, read: Callable[[], T]) -> None:
        self.member, self._action = member, action
        self._future: Future[T] = pool.submit(read)

    def result(self, unread: dict[str, Unknown]) -> T | None:
        """What was read; None, and a line in `unread`, when it may not be read or is not offered in the region."""
        try:
            return self._future.result()
        except AccessDenied as error:
            action = str(error.data.get("action") or self._action)
            unread[self.member] = Unknown(needs_action=action, reason=error.message)
        except InvalidRequest as error:  # how a region answers that does not have the feature yet
            unread[self.member] = Unknown(needs_action=self._action, reason=error.message)
        return None


def _observed(
    aws: Aws, pool: ThreadPoolExecutor, namespace: dict[str, Any], workgroup: dict[str, Any] | None, region: str
) -> ServerlessTarget:
    name, arn = namespace["namespaceName"], namespace["namespaceArn"]
    own_tags = _Read(pool, "tags", f"{SERVICE}:ListTagsForResource", lambda: _tags(aws, arn, region))
    copies = _Read(
        pool,
        "snapshot_copy",
        f"{SERVICE}:ListSnapshotCopyConfigurations",
        lambda: observe_snapshot_copy(aws, name, region),
    )
    schedules = _Read(
        pool, "scheduled_snapshots", f"{SERVICE}:ListScheduledActions", lambda: _schedule_names(aws, name, region)
    )
    policy = _Read(pool, "resource_policy", "redshift:GetResourcePolicy", lambda: _policy(aws, arn, region))
    unread: dict[str, Unknown] = {}
    members: dict[str, Any] = {}
    group = _Workgroup(aws, pool, workgroup, region) if workgroup else None
    if group is not None:
        members |= group.members(unread)
    scheduled = _scheduled(aws, pool, schedules.result(unread), region, unread)
    copied = copies.result(unread)
    tags = own_tags.result(unread)
    return ServerlessTarget(
        region=region,
        config=ServerlessConfig(
            namespace_name=name,
            **readings.namespace_members(namespace),
            **members,
            tags=None if "tags" in unread else readings.shared_tags(tags or (), group.tags if group else None),
            snapshot_copy=copied[0] if copied else None,
            scheduled_snapshots=scheduled,
            resource_policy=policy.result(unread),
        ),
        namespace=NamespaceObserved(
            namespace_name=name,
            namespace_arn=arn,
            status=namespace["status"],
            snapshot_copy_configuration_id=copied[1] if copied else None,
            admin_username=namespace.get("adminUsername"),
            admin_password_secret_arn=namespace.get("adminPasswordSecretArn"),
            created_at=_moment(namespace.get("creationDate")),
            tags=tags or (),
        ),
        workgroup=group.observed if group else None,
        unread=unread,
    )


class _Workgroup:
    """A workgroup and what is asked about it; the questions are under way from the start."""

    def __init__(self, aws: Aws, pool: ThreadPoolExecutor, workgroup: dict[str, Any], region: str) -> None:
        name, arn = workgroup["workgroupName"], workgroup["workgroupArn"]
        self._workgroup = workgroup
        self._limits = _Read(pool, "usage_limits", f"{SERVICE}:ListUsageLimits", lambda: _limits(aws, arn, region))
        self._endpoints = _Read(
            pool, "endpoint_access", f"{SERVICE}:ListEndpointAccess", lambda: _endpoints(aws, name, region)
        )
        self._tags = _Read(pool, "tags", f"{SERVICE}:ListTagsForResource", lambda: _tags(aws, arn, region))
        self.tags: readings.Tags = ()
        self.observed: WorkgroupObserved | None = None

    def members(self, unread: dict[str, Unknown]) -> dict[str, Any]:
        """The members of ServerlessConfig; `tags` and `observed` are known after it."""
        workgroup = self._workgroup
        limits = self._limits.result(unread)
        self.tags = self._tags.result(unread) or ()
        self.observed = WorkgroupObserved(
            workgroup_name=workgroup["workgroupName"],
            workgroup_arn=workgroup["workgroupArn"],
            status=workgroup["status"],
            track_name=workgroup.get("trackName"),
            pending_track_name=workgroup.get("pendingTrackName"),
            workgroup_version=workgroup.get("workgroupVersion"),
            base_capacity_rpu=workgroup.get("baseCapacity"),
            endpoint_address=(workgroup.get("endpoint") or {}).get("address"),
            usage_limits=limits or (),
            tags=self.tags,
        )
        return {
            **readings.workgroup_members(workgroup),
            "usage_limits": None if limits is None else tuple(one.limit for one in limits),
            "endpoint_access": self._endpoints.result(unread),
        }


def _tags(aws: Aws, arn: str, region: str) -> readings.Tags:
    return readings.tag_pairs(aws.call(_call(region, "ListTagsForResource", resourceArn=arn)).get("tags") or ())


def _limits(aws: Aws, arn: str, region: str) -> tuple[UsageLimitObserved, ...]:
    found = aws.pages(_call(region, "ListUsageLimits", resourceArn=arn), "usageLimits")
    limits = (UsageLimitObserved(usage_limit_id=one["usageLimitId"], limit=readings.usage_limit(one)) for one in found)
    return tuple(sorted(limits, key=lambda one: (one.limit.usage_type, one.limit.period, one.limit.amount)))


def _endpoints(aws: Aws, workgroup_name: str, region: str) -> tuple[WantedEndpoint, ...]:
    found = aws.pages(_call(region, "ListEndpointAccess", workgroupName=workgroup_name), "endpoints")
    return tuple(sorted((readings.endpoint(one) for one in found), key=lambda one: one.endpoint_name))


def _schedule_names(aws: Aws, namespace_name: str, region: str) -> list[str]:
    found = aws.pages(_call(region, "ListScheduledActions", namespaceName=namespace_name), "scheduledActions")
    return sorted(one["scheduledActionName"] for one in found)


def _scheduled(
    aws: Aws, pool: ThreadPoolExecutor, names: list[str] | None, region: str, unread: dict[str, Unknown]
) -> tuple[ScheduledSnapshot, ...] | None:
    """Each scheduled action, asked one by one because the list only names them."""
    if names is None:
        return None
    action, member = f"{SERVICE}:GetScheduledAction", "scheduled_snapshots"
    reads = [_Read(pool, member, action, partial(_scheduled_action, aws, name, region)) for name in names]
    found = [read.result(unread) for read in reads]
    return None if member in unread else tuple(one for one in found if one is not None)


def _scheduled_action(aws: Aws, name: str, region: str) -> ScheduledSnapshot | None:
    try:
        reply = aws.call(_call(region, "GetScheduledAction", scheduledActionName=name))
    except ResourceNotFound:  # deleted since the list was made
        return None
    return readings.scheduled_snapshot(reply["scheduledAction"])


def _policy(aws: Aws, namespace_arn: str, region: str) -> str:
    """The policy as AWS spells it, empty when there is none. Provisioned Redshift keeps it, for both kinds."""
    call = Call(
        service="redshift", region=region, operation="GetResourcePolicy", parameters={"ResourceArn": namespace_arn}
    )
    try:
        reply = aws.call(call)
    except ResourceNotFound:
        return ""
    return str((reply.get("ResourcePolicy") or {}).get("Policy") or "")


def _moment(value: Any) -> str | None:
    return value.isoformat() if hasattr(value, "isoformat") else None


def _call(region: str, operation: str, **parameters: str) -> Call:
    return Call(service=SERVICE, region=region, operation=operation, parameters={**parameters})
