"""What lies between a wish and what is there: steps, rows, findings. The same for every kind of wish. Pure.

The order is that of a migration: snapshot, namespace, workgroup, restore, then all that refers to them. Only what is
wished is compared. Source: Management Guide, "Migrating a provisioned cluster to Amazon Redshift Serverless"; API
reference, RestoreFromSnapshot (namespace and workgroup must exist), UpdateNamespace and UpdateWorkgroup (one setting
a call).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

import redshift_facts as record
from redshift_migrate.errors import NamespaceNotFound, SettingsError, WorkgroupNotFound
from redshift_migrate.models.base import JsonObject
from redshift_migrate.models.finding import Finding, Subject
from redshift_migrate.models.parameters import WLM_KEY, is_endless, is_limit
from redshift_migrate.models.plan import SettingChange, Step, Wish
from redshift_migrate.models.serverless import AbsentTarget, ServerlessConfig, ServerlessTarget
from redshift_migrate.models.settings import NAMESPACE, PRICE_PERFORMANCE, WORKGROUP, values_of
from redshift_migrate.models.source import SourceData
from redshift_migrate.models.spelling import tell_days
from redshift_migrate.planner import data, namespace, workgroup
from redshift_migrate.planner.beside import fit
from redshift_migrate.planner.building import Place, place_of, with_key_use
from redshift_migrate.planner.endpoints import plan_endpoints
from redshift_migrate.planner.namespace import plan_resource_policy, plan_tags
from redshift_migrate.planner.replacing import replaced_findings
from redshift_migrate.planner.rows import goal_rows, setting_rows
from redshift_migrate.planner.scheduled_queries import plan_scheduled_queries, scheduled_query_findings
from redshift_migrate.planner.scheduled_snapshots import plan_scheduled_snapshots
from redshift_migrate.planner.snapshot_copy import plan_snapshot_copy, replacement_findings
from redshift_migrate.planner.undo import plan_goals
from redshift_migrate.planner.usage_limits import plan_usage_limits

Target = ServerlessTarget | AbsentTarget


@dataclass(frozen=True)
class Seen:
    """What is there of what is wished."""

    target: ServerlessTarget | AbsentTarget | None = None
    goals: Mapping[str, JsonObject | None] = field(default_factory=dict)
    """What the check of each goal reads."""


@dataclass(frozen=True)
class Difference:
    """What would be done, and how it is told; the findings of the wish are among them."""

    steps: tuple[Step, ...] = ()
    rows: tuple[SettingChange, ...] = ()
    findings: tuple[Finding, ...] = ()


def difference(wish: Wish, seen: Seen) -> Difference:
    """Everything between the two; without steps when all is as wished."""
    steps, findings = plan_goals(wish.goals, seen.goals) if wish.goals else ((), ())
    if wish.settings is None or seen.target is None:
        rows = wish.rows or goal_rows(wish.goals, seen.goals)
        return Difference(steps, rows, (*wish.findings, *findings))
    wish = fit(wish, seen.target)
    assert wish.settings is not None
    made = plan_steps(wish.settings, seen.target, wish.source)
    return Difference(
        steps=(*steps, *made),
        rows=setting_rows(wish, seen.target, made),
        findings=(
            *wish.findings,
            *findings,
            *plan_findings(wish.settings, seen.target, wish.source),
            *replaced_findings(wish.settings, seen.target, made),
        ),
    )


def wished_members(wanted: ServerlessConfig) -> frozenset[str]:
    """The members that the wish speaks of; all others are not asked for."""
    return frozenset(member for member in type(wanted).model_fields if getattr(wanted, member) is not None)


NOT_MADE_HINT = "Name one that exists, or migrate the whole cluster (without only) to make it."


def plan_steps(wanted: ServerlessConfig, target: Target, source: SourceData | None) -> tuple[Step, ...]:
    """Every step from `target` to `wanted`, in order; none when nothing differs.

    Members of `wanted` that are None are left as they are; those that could not be read are left too (a finding of
    `plan_findings` says so). Data is moved into a new namespace, into one that still awaits it, or where
    `replace_existing_databases` asks for it. SettingsError when data is to be moved and no workgroup is named.
    """
    wanted = _fitting(_readable(wanted, target), target)
    place = place_of(wanted, target)
    restores = source is not None and data.plans_restore(target, source)
    if restores and place.workgroup_name is None:
        raise SettingsError(
            "A restore needs a workgroup, and none is named. Nothing was changed.",
            hint="Name the workgroup to make or to use.",
        )
    steps: list[Step] = []
    if source is not None and restores and source.snapshot_identifier:
        steps.append(data.create_snapshot(source, place))
    steps += _namespace_steps(wanted, target, source, place)
    steps += _workgroup_steps(wanted, target, source, place, tuple(step.id for step in steps))
    if source is not None and restores:
        steps.append(data.restore(wanted, target, source, place, tuple(step.id for step in steps)))
        steps += namespace.keep_after_restore(wanted, place, namespace.CREATE_ID)
    key = wanted.kms_key_id or (target.config.kms_key_id if isinstance(target, ServerlessTarget) else None)
    return (*with_key_use(steps, key), *_dependents(wanted, target, place))


def plan_findings(wanted: ServerlessConfig, target: Target, source: SourceData | None) -> tuple[Finding, ...]:
    """What `plan_steps` leaves out, and why."""
    return (
        *_unread(wanted, target),
        *(_data_findings(target, source) if source is not None else ()),
        *workgroup.track_findings(wanted, target),
        *(replacement_findings(_readable(wanted, target), target) if wanted.snapshot_copy is not None else ()),
        *_queue_findings(wanted, target),
        *_scaling_findings(wanted, target),
        *_copy_findings(wanted, target),
        *(_capacity_findings(wanted, target) if source is not None else ()),
        *_query_findings(_readable(wanted, target), target),
    )


def _readable(wanted: ServerlessConfig, target: Target) -> ServerlessConfig:
    """Without the wishes whose present value is unknown: what cannot be compared cannot be planned."""
    if isinstance(target, AbsentTarget) or not target.unread:
        return wanted
    return wanted.model_copy(update=dict.fromkeys(target.unread))


def _fitting(wanted: ServerlessConfig, target: Target) -> ServerlessConfig:
    """Without a base capacity where the workgroup scales by a price-performance target that nobody wants off."""
    if not _keeps_scaling(wanted, target):
        return wanted
    return wanted.model_copy(update={"base_capacity_rpu": None})


def _keeps_scaling(wanted: ServerlessConfig, target: Target) -> bool:
    return bool(target.config.price_performance_level) and wanted.price_performance_level is None


def _scaling_findings(wanted: ServerlessConfig, target: Target) -> tuple[Finding, ...]:
    """That AWS takes either a base capacity or a target, and which of the two is kept. Source: the dated record."""
    now = target.config
    if not now.price_performance_level or wanted.base_capacity_rpu in (None, now.base_capacity_rpu):
        return ()
    level = PRICE_PERFORMANCE.tell(now.price_performance_level)
    if _keeps_scaling(wanted, target):
        message = (
            f"The workgroup scales by a price-performance target ({level}), beside which AWS takes no base capacity. "
            f"It is left as it is, and the {wanted.base_capacity_rpu} RPU that would follow from the cluster are not "
            "set. To have them instead, ask for the base capacity by its number."
        )
    else:
        message = (
            f"The workgroup scales by a price-performance target ({level}). AWS takes no base capacity beside it, so "
            f"the target is switched off first, in a step of its own, and {wanted.base_capacity_rpu} RPU are set then."
        )
    return (
        Finding(
            level="warning",
            subject=Subject.CAPACITY,
            setting=PRICE_PERFORMANCE.words,
            message=message,
            after=level if _keeps_scaling(wanted, target) else "off",
        ),
    )


def _copy_findings(wanted: ServerlessConfig, target: Target) -> Iterator[Finding]:
    """What a retention means for the storage, and for the copies that are there already.

    Source: API reference, UpdateSnapshotCopyConfiguration and ModifySnapshotCopyRetentionPeriod (of a cluster, where
    only newly copied manual snapshots take the new retention).
    """
    now = (target.config.snapshot_copy or (None,))[0]
    about = partial(Finding, subject=Subject.SNAPSHOT_COPY)
    for copy in wanted.snapshot_copy or ():
        days = copy.snapshot_retention_period_days
        if days is None and copy != now:
            message = (
                "Copies that are kept indefinitely are never deleted by AWS: each takes storage in "
                f"{copy.destination_region} and is billed there until somebody deletes it. Name a retention to end it."
            )
            yield about(level="warning", setting="storage of copies", message=message, after=tell_days(days))
        before = now.snapshot_retention_period_days if now else days
        if now and now.destination_region == copy.destination_region and before != days:
            message = (
                "The new retention is for copies from now on. Whether those made before take it too AWS does not say, "
                f"so that is unknown: expect each to keep the one it had ({tell_days(before)}), as copies of a "
                "cluster's manual snapshots do, and look."
            )
            yield about(level="info", setting="copies made before", message=message)


def _capacity_findings(wanted: ServerlessConfig, target: Target) -> tuple[Finding, ...]:
    """A warning where a workgroup is made without a capacity. Source: the dated record."""
    exists = isinstance(target, ServerlessTarget) and target.workgroup is not None
    if exists or wanted.base_capacity_rpu is not None or wanted.price_performance_level:
        return ()
    level = PRICE_PERFORMANCE.tell(record.number("workgroup.settings", PRICE_PERFORMANCE.member))
    message = (
        "The capacity is left out. A workgroup that is made without one scales by AWS's own price-performance target "
        f"({level}), without a base capacity and without a maximum: nothing caps its bill."
    )
    setting = PRICE_PERFORMANCE.words
    return (Finding(level="warning", subject=Subject.CAPACITY, setting=setting, message=message, after=level),)


def _namespace_steps(
    wanted: ServerlessConfig, target: Target, source: SourceData | None, place: Place
) -> tuple[Step, ...]:
    if isinstance(target, ServerlessTarget):
        is_wished = values_of(NAMESPACE, wanted)
        return namespace.update_namespace(wanted, target.config, place) if is_wished else ()
    if source is None or not source.may_create:
        raise NamespaceNotFound(_not_made("Namespace", place.namespace_name), hint=NOT_MADE_HINT)
    if source.has_data and source.admin_username:
        admin: str | None = data.placeholder_for(source.admin_username)
    else:
        admin = wanted.admin_username if wanted.manage_admin_password else None
    return (namespace.create_namespace(wanted, place, source.run_tag, admin),)


def _workgroup_steps(
    wanted: ServerlessConfig, target: Target, source: SourceData | None, place: Place, before: tuple[str, ...]
) -> tuple[Step, ...]:
    if place.workgroup_name is None:
        return ()
    if isinstance(target, AbsentTarget) or target.workgroup is None:
        if source is None or not source.may_create:
            raise WorkgroupNotFound(_not_made("Workgroup", place.workgroup_name), hint=NOT_MADE_HINT)
        needs = tuple(step_id for step_id in before if step_id == namespace.CREATE_ID)
        return workgroup.make_workgroup(wanted, place, source.run_tag, needs)
    is_wished = values_of(WORKGROUP, wanted) or wanted.config_parameters
    return workgroup.update_workgroup(wanted, target.config, place) if is_wished else ()


def _not_made(kind: str, name: str) -> str:
    return f"{kind} {name} is not there, and nothing asks for making it: only settings are. Nothing was changed."


def _dependents(wanted: ServerlessConfig, target: Target, place: Place) -> tuple[Step, ...]:
    """What refers to a namespace or workgroup and is compared as a whole list."""
    now = target.config
    there = target.workgroup if isinstance(target, ServerlessTarget) else None
    steps: list[Step] = []
    if isinstance(target, ServerlessTarget) and wanted.tags is not None:
        steps += plan_tags(wanted.tags, target.namespace.tags, "namespace", target.namespace.namespace_arn, place)
    if there is not None and wanted.tags is not None:
        steps += plan_tags(wanted.tags, there.tags, "workgroup", there.workgroup_arn, place)
    has_workgroup = place.workgroup_name is not None
    if wanted.usage_limits is not None and has_workgroup:
        steps += plan_usage_limits(wanted.usage_limits, there.usage_limits if there else (), place)
    if wanted.snapshot_copy is not None:
        steps += plan_snapshot_copy(wanted, target)
    if wanted.scheduled_snapshots is not None:
        steps += plan_scheduled_snapshots(wanted.scheduled_snapshots, now.scheduled_snapshots or (), place)
    if wanted.endpoint_access is not None and has_workgroup:
        steps += plan_endpoints(wanted.endpoint_access, now.endpoint_access or (), place)
    if wanted.resource_policy is not None:
        steps += plan_resource_policy(wanted.resource_policy, now.resource_policy or "", place)
    if wanted.scheduled_queries is not None and has_workgroup:
        steps += plan_scheduled_queries(
            wanted.scheduled_queries, now.scheduled_queries, place, _namespace_secret(target)
        )
    return tuple(steps)


def _query_findings(wanted: ServerlessConfig, target: Target) -> tuple[Finding, ...]:
    if wanted.scheduled_queries is None:
        return ()
    there, place = target.config.scheduled_queries, place_of(wanted, target)
    return scheduled_query_findings(wanted.scheduled_queries, there, place, _namespace_secret(target))


def _namespace_secret(target: Target) -> str | None:
    return target.namespace.admin_password_secret_arn if isinstance(target, ServerlessTarget) else None


def _unread(wanted: ServerlessConfig, target: Target) -> tuple[Finding, ...]:
    unread = target.unread if isinstance(target, ServerlessTarget) else {}
    return tuple(
        Finding(
            level="warning",
            subject=Subject.NAMESPACE,
            setting=member.replace("_", " "),
            message=f"Left as it is, because what is there now is {unknown.sentence()}.",
        )
        for member, unknown in sorted(unread.items())
        if getattr(wanted, member, None) is not None
    )


def _data_findings(target: Target, source: SourceData) -> tuple[Finding, ...]:
    if not source.has_data:
        return ()
    if isinstance(target, AbsentTarget) or data.awaits_restore(target, source):
        return (
            Finding(
                level="info",
                subject=Subject.DATA,
                setting="admin user until the restore",
                message=f"Until its data is there the namespace has the admin user "
                f"{data.placeholder_for(source.admin_username or '')}, whose password Secrets Manager keeps. The "
                "restore replaces both, and that is how it is seen to be done.",
            ),
        )
    name = target.namespace.namespace_name
    if not source.replace_existing_databases:
        return (
            Finding(
                level="warning",
                subject=Subject.DATA,
                setting="databases",
                message=f"Namespace {name} exists and may hold databases, and a restore replaces them all, so no data "
                "is moved. To move data, choose another namespace.",
            ),
        )
    if not data.restore_can_be_seen(target, source):
        return (
            Finding(
                level="blocker",
                subject=Subject.DATA,
                setting="admin user",
                message=f"The admin user of namespace {name} is {source.admin_username} already, as in the snapshot. "
                "Nothing else shows that a restore was made, so after an interruption it could be made twice. "
                "Restore into a new namespace.",
            ),
        )
    return ()


def _queue_findings(wanted: ServerlessConfig, target: Target) -> tuple[Finding, ...]:
    now = dict(target.config.config_parameters or ())
    limits = sorted(
        key for key, value in wanted.config_parameters or () if is_limit(key) and not is_endless(key, value)
    )
    if WLM_KEY not in now or not limits or WLM_KEY in dict(wanted.config_parameters or ()):
        return ()
    return (
        Finding(
            level="blocker",
            subject=Subject.WLM,
            setting="query limits",
            message="The workgroup has WLM queues, and from those there is no way back to query limits "
            f"({', '.join(limits)}). Write the limits as rules of a queue, or use another workgroup.",
        ),
    )
