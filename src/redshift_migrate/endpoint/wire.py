"""What goes over the wire, as values: shared by the app and by the client, and light enough to load at once."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, TypeAdapter

from redshift_migrate.agent.events import TurnEvent
from redshift_migrate.migration.status import MigrationStatus
from redshift_migrate.models.base import Value, canonical_json
from redshift_migrate.models.cluster import ClusterSummary
from redshift_migrate.models.listing import Unreadable
from redshift_migrate.models.place import Place
from redshift_migrate.models.plan import MigrationPlan
from redshift_migrate.models.verification import Verification

LONGEST_PROMPT = 20_000
"""Characters of one prompt. No plain request is longer, and a model would be paid to read it."""
LARGEST_BODY = 128 * 1024
"""Bytes of one request, checked before anything reads it: the longest prompt in its longest spelling fits."""

SESSION_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
SessionName = Annotated[str, Field(pattern=f"^{SESSION_NAME.pattern}$")]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{8,64}$")]
MigrationId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$")]

INVOCATIONS, APPROVALS, PLANS, MIGRATIONS, PING = "/invocations", "/approvals", "/plans", "/migrations", "/ping"
WHOAMI, CLUSTERS, NAMESPACES = "/whoami", "/clusters", "/namespaces"


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Invocation(_Body):
    """One prompt. Who asks is not part of it: the authoriser says that."""

    prompt: str = Field(min_length=1, max_length=LONGEST_PROMPT)
    session: SessionName | None = Field(None, description="A conversation to go on with; left out, a new one.")


class ApprovalGiven(_Body):
    """A person's consent to exactly one plan of their session."""

    digest: Digest = Field(validation_alias=AliasChoices("digest", "plan_digest"))
    session: SessionName
    typed: str = Field("", max_length=63, description="the name of what the plan ends, where it takes one")


class PlanAsked(_Body):
    """A plan about a run of the session."""

    session: SessionName
    kind: Literal["undo", "cut_over"]
    migration_id: MigrationId


class ApprovalRequired(Value):
    """A plan that waits for a person. Nothing of it was done."""

    kind: Literal["approval_required"] = "approval_required"
    plan_digest: str
    title: str
    session: str
    plan: MigrationPlan
    approve: str
    """How it is approved."""
    approve_at: str = ""
    """The address that takes approvals, where it is another one."""


class TurnEnded(Value):
    """The last event of a stream."""

    kind: Literal["end"] = "end"
    session: str
    status: Literal["answered", "approval_required", "failed"]
    request_id: str


class Problem(BaseModel):
    """Why a request was not done, and the next step."""

    code: str
    message: str
    hint: str = ""
    request_id: str = ""
    model_config = ConfigDict(extra="allow")


class ProblemAnswer(BaseModel):
    """The body of every answer that is not a success."""

    error: Problem


class ToolUsed(Value):
    """One tool call of the turn."""

    name: str
    ok: bool
    duration_s: float


class InvocationAnswer(BaseModel):
    """What came of a prompt, whole."""

    session: str
    request_id: str
    status: Literal["answered", "approval_required", "failed"]
    answer: str = ""
    approval_required: ApprovalRequired | None = None
    tools: list[ToolUsed] = []
    usage: dict[str, Any] = {}
    error: Problem | None = None


class ApprovalAnswer(BaseModel):
    """The plan is approved; where it stands is told by `GET /migrations/{migration_id}?session=…`."""

    status: Literal["accepted", "unchanged"]
    plan_digest: str
    migration_id: str | None
    approved_by: str
    session: str


class MigrationAnswer(MigrationStatus):
    """The same over the wire; what a newer server tells besides is passed over."""

    model_config = ConfigDict(extra="ignore")
    observed: dict[str, Any] = Field(default_factory=dict)
    """What AWS answered when each done step was read back."""


class MigrationsAnswer(BaseModel):
    """The newest runs first."""

    migrations: tuple[MigrationStatus, ...]


class VerificationAnswer(BaseModel):
    """What a run asked for, compared with what is there."""

    verification: Verification | None


class ReportAnswer(BaseModel):
    """The page of a run."""

    migration_id: str
    markdown: str


class PlaceAnswer(Place):
    """What the endpoint works on, and in whose name it is asked."""

    model_config = ConfigDict(extra="ignore")
    caller: str


class ClustersAnswer(BaseModel):
    """Provisioned clusters, by name; of all regions with those that could not be read."""

    region: str
    clusters: tuple[ClusterSummary, ...]
    unreadable: tuple[Unreadable, ...] = ()
    regions_read: int = 1


class NamespacesAnswer(BaseModel):
    """Names of serverless namespaces."""

    namespaces: tuple[str, ...]


class PingAnswer(BaseModel):
    """The AgentCore contract: the time is when the status last changed, not when it was asked for."""

    status: Literal["Healthy", "HealthyBusy"]
    time_of_last_update: int


StreamEvent = Annotated[TurnEvent | ApprovalRequired | TurnEnded, Field(discriminator="kind")]
_EVENT: TypeAdapter[Any] = TypeAdapter(StreamEvent)


def encode(event: Value) -> bytes:
    """The event as one server-sent event."""
    document = event.as_json()
    return f"event: {document['kind']}\ndata: {canonical_json(document)}\n\n".encode()


def decode(lines: Iterable[str]) -> Iterator[TurnEvent | ApprovalRequired | TurnEnded]:
    """The events of a stream of lines; comments and kinds that a newer server may send are passed over."""
    known = {"text", "text_reset", "tool_call", "tool_result", "usage", "answer", "error", "approval_required", "end"}
    for line in lines:
        if not line.startswith("data:"):
            continue
        document = json.loads(line.removeprefix("data:"))
        if isinstance(document, dict) and document.get("kind") in known:
            yield _EVENT.validate_python(document)
