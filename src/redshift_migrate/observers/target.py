"""The serverless side as it is: a namespace and its workgroup, with as much of what belongs to them as is asked for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from pydantic import ValidationError

from redshift_migrate.aws.door import Aws
from redshift_migrate.aws.parallel import Begun, Reads
from redshift_migrate.errors import (
    AccessDenied,
    AwsError,
    InvalidRequest,
    NamespaceNotFound,
    ResourceNotFound,
    TargetError,
    TargetNotReady,
    WorkgroupNotFound,
)
from redshift_migrate.models import settings
from redshift_migrate.models.base import Json, JsonObject, Unknown, Value
from redshift_migrate.models.parameters import read_parameters
from redshift_migrate.models.plan import Call, Reading, ReadingName
from redshift_migrate.models.regions import either, similar
from redshift_migrate.models.serverless import (
    AbsentTarget,
    NamespaceObserved,
    ScheduledSnapshot,
    ServerlessConfig,
    ServerlessTarget,
    SnapshotCopyConfiguration,
    UsageLimit,
    UsageLimitObserved,
    WantedEndpoint,
    WorkgroupObserved,
)
from redshift_migrate.models.settings import Pairs, Setting
from redshift_migrate.models.source import RUN_TAG
from redshift_migrate.observers import readings

SERVERLESS = readings.SERVERLESS
ACTIONS = {
    "tags": f"{SERVERLESS}:ListTagsForResource",
    "snapshot_copy": f"{SERVERLESS}:ListSnapshotCopyConfigurations",
    "scheduled_snapshots": f"{SERVERLESS}:ListScheduledActions",
    "resource_policy": "redshift:GetResourcePolicy",
    "usage_limits": f"{SERVERLESS}:ListUsageLimits",
    "endpoint_access": f"{SERVERLESS}:ListEndpointAccess",
}
"""What is asked for by itself, beside the namespace and the workgroup: each member with the action that it needs."""

V = TypeVar("V", bound=Value)


def observe_target(
    aws: Aws,
    namespace_name: str,
    workgroup_name: str | None,
    region: str,
    members: Collection[str] = ACTIONS.keys(),
    *,
    strict: bool = False,
) -> ServerlessTarget | AbsentTarget:
    """Namespace and workgroup with those members that are asked for by themselves, or that neither is there.

    Without a workgroup name the namespace's own is taken: it has one at most. Reads run in parallel, at most three
    deep. A denied read leaves its member None and says so in `unread`; if `strict`, it is raised. TargetError when the
    names do not belong together, so that no workgroup could be made.
    """
    with Reads() as reads:
        namespace = reads.begin(partial(_read, aws, "namespace", region, namespace_name=namespace_name))
        workgroups = aws.pages(_call(region, "ListWorkgroups"), "workgroups")
        found = namespace.result()
        workgroup = _workgroup_of(workgroups, namespace_name, workgroup_name)
        if found is None:
            return AbsentTarget(region=region, namespace_name=namespace_name, workgroup_name=workgroup_name)
        return _observe(_Members(aws, reads, region, members, strict), found, workgroup)


def observe_namespace(
    aws: Aws,
    namespace_name: str,
    workgroup_name: str | None,
    region: str,
    members: Collection[str] = ("snapshot_copy",),
    *,
    strict: bool = True,
) -> ServerlessTarget:
    """The namespace, its workgroup if it has one, and those members. NamespaceNotFound names what looks alike.

    What may not be read is an error if `strict`: who asks for so little needs all of it.
    """
    target = observe_target(aws, namespace_name, workgroup_name, region, members, strict=strict)
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


def snapshot_copy_of(aws: Aws, namespace_name: str, region: str) -> SnapshotCopyConfiguration | None:
    """The copy configuration of a namespace, for one call; None where there is none, or no such namespace."""
    found = _read(aws, "snapshot_copy", region, namespace_name=namespace_name)
    return None if found is None else _make(SnapshotCopyConfiguration, settings.SNAPSHOT_COPY, found)


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


def workgroup_names(aws: Aws, namespace_name: str, region: str) -> tuple[str, ...]:
    """The workgroups of a namespace: one at most, as far as AWS tells."""
    listed = aws.pages(_call(region, "ListWorkgroups"), "workgroups")
    return tuple(sorted(one["workgroupName"] for one in listed if one.get("namespaceName") == namespace_name))


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


def require_ready(target: ServerlessTarget | AbsentTarget) -> None:
    """TargetNotReady while namespace or workgroup are being changed by somebody."""
    if isinstance(target, AbsentTarget):
        return
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


@dataclass
class _Members:
    """Reads of members, under way from the moment they are asked for."""

    aws: Aws
    reads: Reads
    region: str
    members: Collection[str]
    strict: bool
    unread: dict[str, Unknown] = field(default_factory=dict)

    def start(self, member: str, read: Callable[[], Any], action: str = "") -> Callable[[], Any]:
        """What gives the answer: None, and a line in `unread`, when it may not be read or the region has it not yet."""
        if member not in self.members:
            return lambda: None
        begun = self.reads.begin(read)
        return lambda: self._result(member, action or ACTIONS[member], begun)

    def of(self, member: str, name: ReadingName, **arguments: Json) -> Callable[[], Any]:
        """The same for one of the readings."""
        return self.start(member, partial(_read, self.aws, name, self.region, **arguments))

    def read_list(self, member: str, operation: str, listed: str, **parameters: str) -> Callable[[], Any]:
        """The same for a whole list."""
        return self.start(member, lambda: self.aws.pages(_call(self.region, operation, **parameters), listed))

    def _result(self, member: str, action: str, begun: Begun[Any]) -> Any:
        try:
            return begun.result()
        except (AccessDenied, InvalidRequest) as error:  # the latter from a region that has not the feature yet
            if self.strict:
                raise
            action = str(error.data.get("action") or action)
            self.unread[member] = Unknown(needs_action=action, reason=error.message)
        return None


def _observe(reads: _Members, namespace: JsonObject, workgroup: dict[str, Any] | None) -> ServerlessTarget:
    name, arn = str(namespace["namespace_name"]), namespace["namespace_arn"]
    group = None if workgroup is None else readings.workgroup_values(workgroup)
    own_tags = reads.of("tags", "tags", resource_arn=arn)
    copies = reads.of("snapshot_copy", "snapshot_copy", namespace_name=name)
    actions = reads.read_list("scheduled_snapshots", "ListScheduledActions", "scheduledActions", namespaceName=name)
    policy = reads.of("resource_policy", "resource_policy", resource_arn=arn)
    members: dict[str, Any] = {row.member: namespace[row.member] for row in settings.NAMESPACE}
    tags = _pairs(own_tags())
    seen = None
    if group is not None and workgroup is not None:
        members |= {row.member: group[row.member] for row in settings.WORKGROUP}
        members["config_parameters"] = read_parameters(workgroup.get("configParameters") or ())
        seen = _workgroup(reads, group, workgroup, members)
    if "tags" in reads.members and "tags" not in reads.unread:
        members["tags"] = shared_tags(tags, seen.tags if seen else None)
    members["scheduled_snapshots"] = _read_schedules(reads, actions())
    copied, document = copies(), policy()
    if "snapshot_copy" in reads.members and "snapshot_copy" not in reads.unread:
        members["snapshot_copy"] = (
            () if copied is None else (_make(SnapshotCopyConfiguration, settings.SNAPSHOT_COPY, copied),)
        )
    return ServerlessTarget(
        region=reads.region,
        config=ServerlessConfig(
            namespace_name=name,
            workgroup_name=seen.workgroup_name if seen else None,
            resource_policy=None if document is None else document["resource_policy"],
            **members,
        ),
        namespace=NamespaceObserved(
            namespace_name=name,
            namespace_arn=str(arn),
            status=str(namespace["status"]),
            snapshot_copy_configuration_id=copied["snapshot_copy_configuration_id"] if copied else None,
            admin_username=members["admin_username"],
            admin_password_secret_arn=_text(namespace["admin_password_secret_arn"]),
            tags=tags,
        ),
        workgroup=seen,
        unread=reads.unread,
    )


def _workgroup(
    reads: _Members, group: JsonObject, workgroup: dict[str, Any], members: dict[str, Any]
) -> WorkgroupObserved:
    """What only AWS decides; limits and endpoints are added to `members`."""
    name, arn = str(group["workgroup_name"]), str(group["workgroup_arn"])
    listed = reads.read_list("usage_limits", "ListUsageLimits", "usageLimits", resourceArn=arn)
    endpoints = reads.read_list("endpoint_access", "ListEndpointAccess", "endpoints", workgroupName=name)
    tags = reads.of("tags", "tags", resource_arn=arn)
    limits = _limits(listed())
    members["usage_limits"] = None if limits is None else tuple(one.limit for one in limits)
    members["endpoint_access"] = _endpoints(endpoints())
    return WorkgroupObserved(
        workgroup_name=name,
        workgroup_arn=arn,
        status=str(group["status"]),
        track_name=workgroup.get("trackName"),
        pending_track_name=workgroup.get("pendingTrackName"),
        workgroup_version=workgroup.get("workgroupVersion"),
        base_capacity_rpu=members["base_capacity_rpu"],
        endpoint_address=(workgroup.get("endpoint") or {}).get("address"),
        usage_limits=limits or (),
        tags=_pairs(tags()),
    )


def shared_tags(namespace: Pairs, workgroup: Pairs | None) -> Pairs:
    """The tags that both carry alike, without the mark of the run that made them."""
    both = set(namespace) if workgroup is None else set(namespace) & set(workgroup)
    return tuple(sorted(pair for pair in both if pair[0] != RUN_TAG))


def _pairs(tags: JsonObject | None) -> Pairs:
    return tuple(sorted((key, str(value)) for key, value in (tags or {}).items()))


def _limits(listed: list[dict[str, Any]] | None) -> tuple[UsageLimitObserved, ...] | None:
    if listed is None:
        return None
    limits = (
        UsageLimitObserved(
            usage_limit_id=str(one["usage_limit_id"]), limit=_make(UsageLimit, settings.USAGE_LIMIT, one)
        )
        for one in map(readings.limit_values, listed)
    )
    return tuple(sorted(limits, key=lambda one: (one.limit.usage_type, one.limit.period, one.limit.amount)))


def _endpoints(listed: list[dict[str, Any]] | None) -> tuple[WantedEndpoint, ...] | None:
    if listed is None:
        return None
    made = (_make(WantedEndpoint, settings.ENDPOINT, readings.endpoint_values(one)) for one in listed)
    return tuple(sorted(made, key=lambda one: one.endpoint_name))


def _read_schedules(reads: _Members, listed: list[dict[str, Any]] | None) -> tuple[ScheduledSnapshot, ...] | None:
    """Each scheduled action, asked one by one because the list only names them."""
    if listed is None:
        return None
    member, action = "scheduled_snapshots", f"{SERVERLESS}:GetScheduledAction"
    names = sorted(one["scheduledActionName"] for one in listed)
    asked = [
        reads.start(
            member, partial(_read, reads.aws, "scheduled_snapshot", reads.region, scheduled_action_name=name), action
        )
        for name in names
    ]
    found = [answer() for answer in asked]
    return None if member in reads.unread else recurring(each for each in found if each is not None)


def recurring(actions: Iterable[JsonObject]) -> tuple[ScheduledSnapshot, ...]:
    """The actions that come again: one that runs once is an errand and not a setting."""
    return tuple(
        _make(ScheduledSnapshot, settings.SCHEDULED_SNAPSHOT, one)
        for one in actions
        if one["schedule"] is not None and one["snapshot_name_prefix"] is not None
    )


def _make(kind: type[V], rows: Iterable[Setting], values: JsonObject) -> V:
    try:
        return kind(**{row.member: values[row.member] for row in rows})
    except ValidationError as error:
        wrong = ", ".join(dict.fromkeys(str(each["loc"][0]) for each in error.errors() if each["loc"]))
        raise AwsError(
            f"AWS answers a {kind.__name__} that this version does not know ({wrong}), so it cannot be compared with "
            "what is wished. Nothing was changed.",
            hint="Ask again; if it stays so, leave its subject out of the plan.",
        ) from error


def _text(value: Json) -> str | None:
    return None if value is None else str(value)


def _read(aws: Aws, name: ReadingName, region: str, **arguments: Json) -> JsonObject | None:
    return readings.read(aws, Reading(name=name, region=region, arguments=arguments))


def _call(region: str, operation: str, **parameters: str) -> Call:
    return Call(service=SERVERLESS, region=region, operation=operation, parameters={**parameters})
