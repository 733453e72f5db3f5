"""The parts that steps of the serverless side are made of: calls, readings, waits and checks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import redshift_facts as record
from redshift_migrate.models.base import Json
from redshift_migrate.models.plan import Call, Check, Reading, ReadingName, Step, Wait, ref
from redshift_migrate.models.serverless import AWS_OWNED_KMS_KEY, AbsentTarget, ServerlessConfig, ServerlessTarget
from redshift_migrate.models.settings import tag_list
from redshift_migrate.models.source import RUN_TAG
from redshift_migrate.permissions import iam_actions

SERVERLESS = "redshift-serverless"
CREATE_NAMESPACE_ID, CREATE_WORKGROUP_ID = "namespace.create", "workgroup.create"
UPDATE_SETTLE_S = 5.0
"""A status that never left AVAILABLE is believed after this long."""


@dataclass(frozen=True)
class Place:
    """Which namespace and workgroup the steps are about; an ARN may be a reference to the step that makes it."""

    region: str
    namespace_name: str
    workgroup_name: str | None
    namespace_arn: Json
    workgroup_arn: Json

    def call(self, operation: str, parameters: Mapping[str, Any], service: str = SERVERLESS) -> Call:
        """A call in the region of the namespace."""
        return Call(service=service, region=self.region, operation=operation, parameters=dict(parameters))

    def reading(self, name: ReadingName, **arguments: Json) -> Reading:
        """A reading in the region of the namespace."""
        return Reading(name=name, region=self.region, arguments=arguments)

    def namespace(self) -> Reading:
        """The reading of the namespace."""
        return self.reading("namespace", namespace_name=self.namespace_name)

    def workgroup(self) -> Reading:
        """The reading of the workgroup."""
        return self.reading("workgroup", workgroup_name=self.workgroup_name)

    def namespace_available(self, *, usually_s: int = 60, settle_s: float = 0) -> Wait:
        """The namespace takes changes again."""
        return _available(self.namespace(), f"namespace {self.namespace_name}", usually_s, settle_s)

    def workgroup_available(self, *, usually_s: int = 120, settle_s: float = 0) -> Wait:
        """The workgroup takes changes and queries again."""
        return _available(self.workgroup(), f"workgroup {self.workgroup_name}", usually_s, settle_s)

    def namespace_gone(self) -> Wait:
        """The namespace is deleted."""
        return wait_until_gone(self.namespace(), f"namespace {self.namespace_name}", 60)

    def workgroup_gone(self) -> Wait:
        """The workgroup is deleted."""
        return wait_until_gone(self.workgroup(), f"workgroup {self.workgroup_name}", 120)

    def made_by(self, arn: Json, run_tag: str) -> Check:
        """Whether that very resource is still there and carries the run's tag."""
        return Check(reading=self.reading("tags", resource_arn=arn), before=None, after={RUN_TAG: run_tag})


def place_of(wanted: ServerlessConfig, target: ServerlessTarget | AbsentTarget) -> Place:
    """The place of a target; what is not there yet has its ARN from the step that makes it."""
    there = target.workgroup if isinstance(target, ServerlessTarget) else None
    arn: Json = ref(CREATE_NAMESPACE_ID, "namespace_arn")
    if isinstance(target, ServerlessTarget):
        arn = target.namespace.namespace_arn
    return Place(
        region=target.region,
        namespace_name=wanted.namespace_name,
        workgroup_name=there.workgroup_name if there else wanted.workgroup_name,
        namespace_arn=arn,
        workgroup_arn=there.workgroup_arn if there else ref(CREATE_WORKGROUP_ID, "workgroup_arn"),
    )


def wait_until_gone(reading: Reading, what: str, usually_s: int) -> Wait:
    """It is deleted."""
    return Wait(reading=reading, member="status", until=(None,), what=f"{what} to be gone", usually_s=usually_s)


def _available(reading: Reading, what: str, usually_s: int, settle_s: float) -> Wait:
    return Wait(
        reading=reading,
        member="status",
        until=("AVAILABLE",),
        failed=("DELETING",),
        what=f"{what} to be AVAILABLE",
        usually_s=usually_s,
        settle_s=settle_s,
    )


USES_KEY = ("CreateWorkgroup", "RestoreFromSnapshot", "RestoreFromRecoveryPoint")
"""Calls on whose behalf serverless uses the key of the namespace."""
USE_KEY = tuple(record.facts("refusals.key_actions"))


def make_step(*, id: str, call: Call, **members: Any) -> Step:
    """A step with the IAM actions that its call needs."""
    return Step(id=id, call=call, iam_actions=iam_actions(call.name, call.parameters), **members)


def with_key_use(steps: Iterable[Step], key: str | None) -> tuple[Step, ...]:
    """The steps with the actions on the namespace's key that AWS asks for, though the call does not name it.

    Source: Management Guide, "Behavior changes", 2026-08-17; the dated record.
    """
    if key in (None, AWS_OWNED_KMS_KEY):
        return tuple(steps)
    return tuple(
        step.model_copy(update={"iam_actions": tuple(dict.fromkeys((*step.iam_actions, *USE_KEY)))})
        if step.call.operation in USES_KEY
        else step
        for step in steps
    )


def run_tags(tags: Iterable[tuple[str, str]] | None, run_tag: str) -> list[Json]:
    """The wanted tags and the one that marks what the run makes."""
    return tag_list([*(tag for tag in tags or () if tag[0] != RUN_TAG), (RUN_TAG, run_tag)])


def json_list(values: Iterable[str]) -> list[Json]:
    """Strings as a JSON list."""
    return list(values)
