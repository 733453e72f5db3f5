"""A plan is data: the calls that will be made, how each is seen to be done, and how it is taken back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, Final, Literal, Self

from pydantic import Field, JsonValue, model_validator

from redshift_migrate.errors import PlanNotFound
from redshift_migrate.models.base import Json, JsonObject, Value, canonical_json, sha256_hex
from redshift_migrate.models.finding import Finding, Subject
from redshift_migrate.models.request import DecommissionCluster, PlanRequest
from redshift_migrate.models.serverless import ServerlessConfig
from redshift_migrate.models.source import SourceData

FORMAT: Final = 3
"""Of plans and journals; those of another format are refused, because their checks would be misread."""

REF = "$output"
"""A parameter `{"$output": "STEP/NAME"}` stands for a value that an earlier step puts out."""

_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


class Call(Value):
    """One AWS API call: service and operation as botocore spells them, parameters as boto3 takes them."""

    service: str
    region: str
    operation: str
    parameters: JsonObject = Field(default_factory=dict)

    @property
    def name(self) -> str:
        """`service:Operation`, which for these services is also the IAM action."""
        return f"{self.service}:{self.operation}"

    def cli(self) -> str:
        """The same call as an `aws` command."""
        operation = _WORD.sub("-", self.operation).lower()
        arguments = f" --cli-input-json {_shell_quoted(canonical_json(self.parameters))}" if self.parameters else ""
        return f"aws {self.service} {operation} --region {self.region}{arguments}"


ReadingName = Literal[
    "namespace",
    "workgroup",
    "tags",
    "usage_limit",
    "usage_limit_alike",
    "snapshot_copy",
    "scheduled_snapshot",
    "endpoint",
    "resource_policy",
    "cluster",
    "cluster_action",
    "cluster_snapshot",
    "rule",
    "rule_targets",
    "schedule",
]
"""What observers can read. A plan holds the name; `observers.readings` has the call, and what its reply says."""


class Reading(Value):
    """Something to read: which of the readings, where, and of what. It gives values by our own names, or nothing."""

    name: ReadingName
    region: str
    arguments: JsonObject = Field(default_factory=dict)

    def fill(self, outputs: Mapping[str, Any]) -> Reading:
        """The reading with every reference replaced; KeyError names the first one that is not known yet."""
        return self.model_copy(update={"arguments": resolve(self.arguments, outputs)})


class Check(Value):
    """How a step is seen to be done: a reading, and what it says before and after.

    `before` are the values when the plan was made, `after` those when the step is done, by the names of the reading;
    None is "not there". Anything else found there means that the world moved, and the step must not run.
    """

    reading: Reading
    before: JsonObject | None = None
    after: JsonObject | None = None
    whatever_before: bool = False
    """True: whatever else is there is set to `after`; then `before` says nothing."""
    outputs: tuple[str, ...] = ()
    """The values of the reading that later steps may refer to."""

    def pick(self, found: Mapping[str, Json] | None) -> JsonObject | None:
        """Of what the reading found, the values that this check is about."""
        if found is None:
            return None
        return {name: found.get(name) for name in self.after or self.before or {}}

    @property
    def place(self) -> str:
        """One text for checks that look at the same values of the same thing."""
        return canonical_json([self.reading.as_json(), sorted(self.after or self.before or {})])


class Wait(Value):
    """A state to wait for after a step. It has no fixed end; `usually_s` only says what is normal."""

    reading: Reading
    member: str
    """The value of the reading that is looked at; None where nothing is there."""
    until: tuple[Json, ...]
    failed: tuple[Json, ...] = ()
    what: str
    """What is waited for, to follow "waiting for …"."""
    usually_s: int = 60
    settle_s: float = 0
    """A wanted state counts only after another state was seen, or after it held this many seconds."""


class Step(Value):
    """One change of the account."""

    id: str
    subject: Subject
    summary: str
    call: Call
    check: Check
    waits: tuple[Wait, ...] = ()
    undo: Call | None = None
    undo_waits: tuple[Wait, ...] = ()
    """What to wait for after `undo`, when it is not what `waits` says."""
    undo_check: Check | None = None
    """How the way back is seen to be open (`after` is there) and done (`before` is), when turning `check` round will
    not do: a namespace has other settings by then, and must still be the very one that the run made."""
    undone_with: str = ""
    """The step whose undo takes this one back as well."""
    no_undo: str = ""
    """Why there is no way back, when `undo` is None."""
    destroys: str = ""
    interrupts: str = ""
    ready: tuple[Wait, ...] = ()
    """What must hold before the call is made, when making it twice would do harm that the check cannot see in time."""
    guards: tuple[Wait, ...] = ()
    """What must be so at the moment of the call, whatever happened since the plan: nothing is waited for, else the step
    stops and calls nothing."""
    undo_guards: tuple[Wait, ...] = ()
    """The same for `undo`."""
    needs: tuple[str, ...] = ()
    """Steps that must be done before this one."""
    is_unseen: bool = False
    """Nothing that can be read tells whether it was done: its check looks whether it still may be, and the journal
    tells that AWS took the call. Where that is not known it is made again, so it must be one that may be made twice."""
    put_back: str = ""
    """A step to take back at once if this one fails, so that the account is not left worse than before."""
    iam_actions: tuple[str, ...] = ()

    @property
    def lasts(self) -> bool:
        """True if nothing takes it back, not even the undo of another step."""
        return self.undo is None and not self.undone_with


Action = Literal["set", "carried", "translated", "unchanged", "pending", "removed", "not carried", "left out"]


class SettingChange(Value):
    """One row of the plan's table."""

    subject: Subject
    setting: str
    member: str = ""
    """What of the wish it is about, such as `base_capacity_rpu`; empty where there is no such setting."""
    on_cluster: str | None = None
    now: str | None = None
    after: str | None = None
    action: Action


class Wish(Value):
    """What is wanted, and from where: all that a plan is made of, but for what is there.

    A plan keeps it, so that on any later day what is there can be compared with it again.
    """

    title: str
    settings: ServerlessConfig | None = None
    """The wanted settings; a member that is None is left as it is."""
    source: SourceData | None = None
    """The cluster's data. Without it, namespace and workgroup must be there already."""
    goals: tuple[Step, ...] = ()
    """For what is no setting: steps, each of which is wanted to be done. An undo and a cut-over have these."""
    rows: tuple[SettingChange, ...] = ()
    """What is told of the wish, setting by setting, before it is known what is there."""
    asked_for: tuple[Subject, ...] = ()
    """Subjects that were asked for by name: only there something of a target that exists is replaced."""
    findings: tuple[Finding, ...] = ()


class MigrationPlan(Value):
    """What will be done, in order, and what the owner must know first. Equal plans have equal digests."""

    format: Literal[3] = FORMAT
    account_id: str
    partition: str
    region: str
    title: str
    request: PlanRequest = Field(discriminator="kind")
    wish: Wish
    changes: tuple[SettingChange, ...] = ()
    steps: tuple[Step, ...] = ()
    findings: tuple[Finding, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _of_this_version(cls, data: Any) -> Any:
        if other := other_version(data):
            raise PlanNotFound(
                f"The saved plan {data.get('title', '')!r} was made by {other}, which checks its steps in another way, "
                "so it is not used. Nothing was done.",
                hint="Ask for the plan again, and approve the new one.",
            )
        return data

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON: account, region, request, wish, steps and findings all bind."""
        return sha256_hex(canonical_json(self.as_json()))

    def __copy__(self) -> Self:
        """A plan that is copied is changed: it has a digest of its own."""
        copied = super().__copy__()
        copied.__dict__.pop("digest", None)
        return copied

    def __deepcopy__(self, memo: dict[int, Any] | None = None) -> Self:
        copied = super().__deepcopy__(memo)
        copied.__dict__.pop("digest", None)
        return copied

    @property
    def is_empty(self) -> bool:
        """True when everything already is as wanted."""
        return not self.steps

    @property
    def blockers(self) -> tuple[Finding, ...]:
        """The findings that forbid applying."""
        return tuple(finding for finding in self.findings if finding.level == "blocker")

    @property
    def must_type(self) -> str:
        """The name that a person has to type to approve it, whatever the channel; empty where a yes is enough."""
        return self.request.cluster_id if isinstance(self.request, DecommissionCluster) else ""

    def step(self, step_id: str) -> Step:
        """The step of that id; KeyError if there is none."""
        for step in self.steps:
            if step.id == step_id:
                return step
        raise KeyError(step_id)


def ref(step_id: str, output: str) -> JsonObject:
    """A parameter that stands for an earlier step's output."""
    return {REF: f"{step_id}/{output}"}


def references(value: JsonValue) -> Iterator[str]:
    """Every `STEP/NAME` that the value refers to."""
    if isinstance(value, dict):
        target = value.get(REF)
        if isinstance(target, str):
            yield target
        for item in value.values():
            yield from references(item)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)


def resolve(value: JsonValue, outputs: Mapping[str, Any]) -> Any:
    """The value with every reference replaced; KeyError names the first one that is not known yet."""
    if isinstance(value, dict):
        target = value.get(REF)
        if isinstance(target, str):
            return outputs[target]
        return {key: resolve(item, outputs) for key, item in value.items()}
    if isinstance(value, list):
        return [resolve(item, outputs) for item in value]
    return value


def other_version(data: Any) -> str:
    """Who wrote a document of another format, in words; nothing for one of ours."""
    written = data.get("format", FORMAT) if isinstance(data, dict) else FORMAT
    if not isinstance(written, int) or written == FORMAT:
        return ""
    return f"{'an earlier' if written < FORMAT else 'a later'} version of this program"


def _shell_quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
