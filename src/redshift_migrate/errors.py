"""Everything that can go wrong and that a user can meet, as one tree.

RedshiftMigrateError
├── SettingsError            the user's input or environment
├── SourceError              ClusterNotFound, ClusterNotReady
├── TargetError              NamespaceNotFound, WorkgroupNotFound, TargetNotReady
├── PlanError                PlanNotFound, PlanBlocked, PlanNotShown, StalePlan, ApprovalRequired, MigrationNotFound,
│                            JournalMismatch
├── AwsError                 AccessDenied, CredentialsProblem, Throttled, StateConflict, ResourceNotFound,
│                            InvalidRequest, Unreachable, WaitTimedOut
├── SessionBusy              another request works in this session
├── LimitReached             the caller has used what one caller may use in a day
├── RunStopped               a person stopped the run between two calls
├── StateDamaged             something that we keep cannot be read
├── StateNotWritten          the state folder cannot be written: disk full, no permission
└── ApplyError               the step, its cause, the steps already done, how to resume

Every error says what happened and what did not (`message`) and what to do next (`hint`); `data` carries the
same as values, for JSON. Catch a branch, or exactly the leaf.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


class RedshiftMigrateError(Exception):
    """Root of the tree. `message` is a whole sentence, `hint` the next step, `data` the facts as JSON values."""

    def __init__(self, message: str, *, hint: str = "", **data: Any) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.data: dict[str, Any] = {key: value for key, value in data.items() if value not in (None, (), "")}

    @property
    def code(self) -> str:
        """The leaf's name, for programs."""
        return type(self).__name__

    def as_json(self) -> dict[str, Any]:
        """The error as a JSON object: `code`, `message`, `hint` when there is one, and the facts."""
        head: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.hint:
            head["hint"] = self.hint
        return head | {key: value for key, value in self.data.items() if key not in head}


class SettingsError(RedshiftMigrateError):
    """What the user typed or set up cannot be used. Nothing was called."""


class SourceError(RedshiftMigrateError):
    """The provisioned cluster is not there or not in a state to be read or moved."""


class ClusterNotFound(SourceError):
    """No such cluster in that region; `data["similar"]` names what exists and looks alike."""


class ClusterNotReady(SourceError):
    """The cluster is paused, resizing, modifying or going away."""


class TargetError(RedshiftMigrateError):
    """The serverless namespace or workgroup is not there or not in a state to be changed."""


class NamespaceNotFound(TargetError):
    """No such namespace in that region; `data["similar"]` names what exists and looks alike."""


class WorkgroupNotFound(TargetError):
    """No such workgroup in that region; `data["similar"]` names what exists and looks alike."""


class TargetNotReady(TargetError):
    """The namespace or workgroup is busy: creating, modifying or deleting."""


class PlanError(RedshiftMigrateError):
    """A plan cannot be found, may not be applied, or no longer describes the world."""


class PlanNotFound(PlanError):
    """No saved plan has that digest (or several do)."""


class PlanBlocked(PlanError):
    """The plan has blockers among its findings; nothing of it can be applied."""


class PlanNotShown(PlanError):
    """Nobody has seen our rendering of the plan, so nobody can have approved it. Nothing was changed."""


class NameNotTyped(PlanError):
    """The plan takes the name of what it ends, typed by the person who approves it. Nothing was changed."""


class StalePlan(PlanError):
    """Source or target moved since the plan was made; `data["moved"]` says what."""


class ApprovalRequired(PlanError):
    """No live approval is stored for the plan; `data["plan_digest"]` names it. Nothing was changed."""


class MigrationNotFound(PlanError):
    """No journal has that migration id."""


class JournalMismatch(PlanError):
    """The journal belongs to another account, region, plan or version, or is damaged. Nothing was changed."""


class AwsError(RedshiftMigrateError):
    """AWS refused or did not answer. `operation`, `aws_code` and `request_id` are as AWS gave them."""

    def __init__(
        self,
        message: str,
        *,
        hint: str = "",
        operation: str = "",
        aws_code: str = "",
        request_id: str = "",
        **data: Any,
    ) -> None:
        super().__init__(message, hint=hint, operation=operation, aws_code=aws_code, request_id=request_id, **data)
        self.operation = operation
        self.aws_code = aws_code
        self.request_id = request_id


class AccessDenied(AwsError):
    """The identity may not do this; `data["action"]` and the hint name the smallest statement that allows it."""


class CredentialsProblem(AwsError):
    """There are no credentials, or they expired, or AWS does not know them."""


class Throttled(AwsError):
    """AWS kept asking us to slow down, through all retries."""


class StateConflict(AwsError):
    """The resource exists already, is busy, or holds another value than the plan was made for."""


class ResourceNotFound(AwsError):
    """The resource that the call names does not exist."""


class InvalidRequest(AwsError):
    """AWS, or botocore before the request left, says that the parameters are wrong."""


class Unreachable(AwsError):
    """No answer: connection refused, reset, timed out, or AWS failed inside. The call may have been applied."""


class WaitTimedOut(AwsError):
    """The state waited for did not come in time, or a failed state came instead."""


class SessionBusy(RedshiftMigrateError):
    """Another request works in this session right now. Nothing was done."""

    def __init__(
        self,
        message: str = "Another request is being answered in this session. Nothing was done.",
        *,
        hint: str = "Wait until it has ended, or use another session.",
        **data: Any,
    ) -> None:
        super().__init__(message, hint=hint, **data)


class LimitReached(RedshiftMigrateError):
    """The caller has used what one caller may use in a day; `data["retry_after_s"]` says when it goes on."""


class RunStopped(RedshiftMigrateError):
    """A person stopped the run between two calls; a progress listener raises it."""


class StateNotWritten(RedshiftMigrateError):
    """A file of the state folder could not be written. What is not written down is not done."""


class StateDamaged(RedshiftMigrateError):
    """Something that we keep cannot be read, or is not what we wrote; `data["file"]` names it."""


class ApplyError(RedshiftMigrateError):
    """A step failed; what was done stays done and is in the journal."""

    def __init__(
        self,
        message: str,
        *,
        hint: str = "",
        step_id: str,
        cause: RedshiftMigrateError,
        done: Sequence[str],
        not_done: Sequence[str],
        migration_id: str,
        put_back: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(
            message,
            hint=hint,
            step_id=step_id,
            cause=cause.as_json(),
            done=list(done),
            not_done=list(not_done),
            migration_id=migration_id,
            put_back=put_back,
        )
        self.step_id = step_id
        self.cause = cause
