"""The parts that steps of the serverless side are made of: calls, reads, waits, and JMESPath that compares."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from redshift_migrate.models.base import Json, JsonObject
from redshift_migrate.models.plan import Call, Check, Step, Wait
from redshift_migrate.models.source import RUN_TAG
from redshift_migrate.permissions import iam_actions

SERVERLESS = "redshift-serverless"
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

    def get_namespace(self) -> Call:
        """The read of the namespace."""
        return self.call("GetNamespace", {"namespaceName": self.namespace_name})

    def get_workgroup(self) -> Call:
        """The read of the workgroup."""
        return self.call("GetWorkgroup", {"workgroupName": self.workgroup_name})

    def namespace_available(self, *, usually_s: int = 60, settle_s: float = 0) -> Wait:
        """The namespace takes changes again."""
        return Wait(
            call=self.get_namespace(),
            select="namespace.status",
            until=("AVAILABLE",),
            failed=("DELETING",),
            what=f"namespace {self.namespace_name} to be AVAILABLE",
            usually_s=usually_s,
            settle_s=settle_s,
        )

    def workgroup_available(self, *, usually_s: int = 120, settle_s: float = 0) -> Wait:
        """The workgroup takes changes and queries again."""
        return Wait(
            call=self.get_workgroup(),
            select="workgroup.status",
            until=("AVAILABLE",),
            failed=("DELETING",),
            what=f"workgroup {self.workgroup_name} to be AVAILABLE",
            usually_s=usually_s,
            settle_s=settle_s,
        )

    def namespace_gone(self) -> Wait:
        """The namespace is deleted."""
        return Wait(
            call=self.get_namespace(),
            select="namespace.status",
            until=(None,),
            what=f"namespace {self.namespace_name} to be gone",
        )

    def workgroup_gone(self) -> Wait:
        """The workgroup is deleted."""
        return Wait(
            call=self.get_workgroup(),
            select="workgroup.status",
            until=(None,),
            what=f"workgroup {self.workgroup_name} to be gone",
            usually_s=120,
        )

    def made_by(self, arn: Json, run_tag: str) -> Check:
        """Whether that very resource is still there and carries the run's tag: None, the tag, or what else it is."""
        return Check(
            call=self.call("ListTagsForResource", {"resourceArn": arn}),
            select=f"not_null(not_null(tags, `[]`)[?key == {literal(RUN_TAG)}].value | [0], 'not made by this run')",
            before=None,
            after=run_tag,
        )


def make_step(*, id: str, call: Call, **members: Any) -> Step:
    """A step with the IAM actions that its call needs."""
    return Step(id=id, call=call, iam_actions=iam_actions(call.name, call.parameters), **members)


def literal(value: Any) -> str:
    """A value inside a JMESPath expression, whatever characters it has."""
    return "`" + json.dumps(value).replace("`", "\\`") + "`"


def hash_of(resource: str, members: Mapping[str, str]) -> str:
    """JMESPath that picks these members of the reply's resource, each by its own expression."""
    inside = ", ".join(f"{json.dumps(name)}: {expression}" for name, expression in members.items())
    return f"{resource}.{{{inside}}}"


def is_role(item: str, arn: str) -> str:
    """JMESPath: is `item` that role? Serverless prints roles as ARN or as `IamRole(applyStatus=…, iamRoleArn=…)`."""
    whole, inside = literal(arn), [literal(arn + end) for end in (")", ",")]
    return f"({item} == {whole} || contains({item}, {inside[0]}) || contains({item}, {inside[1]}))"


def are_roles(roles: Iterable[str]) -> str:
    """JMESPath over a namespace: are exactly these its roles?"""
    listed = list(roles)
    parts = [f"length(not_null(iamRoles, `[]`)) == {literal(len(listed))}"]
    parts += [f"length(not_null(iamRoles, `[]`)[?{is_role('@', role)}]) == `1`" for role in listed]
    return f"({' && '.join(parts)})"


def is_default_role(role: str) -> str:
    """JMESPath over a namespace: is this its default role (empty: has it none)?"""
    return is_role("not_null(defaultIamRoleArn, '')", role) if role else "(not_null(defaultIamRoleArn, '') == '')"


def tag_list(tags: Iterable[tuple[str, str]]) -> list[Json]:
    """Tags as serverless takes them."""
    return [{"key": key, "value": value} for key, value in tags]


def run_tags(tags: Iterable[tuple[str, str]] | None, run_tag: str) -> list[Json]:
    """The wanted tags and the one that marks what the run makes."""
    return tag_list([*(tag for tag in tags or () if tag[0] != RUN_TAG), (RUN_TAG, run_tag)])


def json_list(values: Iterable[str]) -> list[Json]:
    """Strings as a JSON list."""
    return list(values)


def one(key: str, value: Any) -> JsonObject:
    """A JSON object with one member."""
    return {key: value}
