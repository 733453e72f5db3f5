"""Questions asked of AWS before a plan is shown, so that failures are known before anyone approves. Reads only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from redshift_migrate.aws.door import Aws
from redshift_migrate.errors import AccessDenied, AwsError, SettingsError
from redshift_migrate.models.finding import Finding, Level, Subject
from redshift_migrate.models.plan import Call, Step
from redshift_migrate.models.regions import Identity
from redshift_migrate.models.serverless import AWS_OWNED_KMS_KEY, AbsentTarget, ServerlessConfig, ServerlessTarget
from redshift_migrate.observers import serverless
from redshift_migrate.observers.snapshot_copy import destination_key

USUAL_QUOTA = 25
"""Namespaces, and workgroups, of an account in a region; it can be raised. Source: Management Guide, "Quotas"."""

SIMULATE = "iam:SimulatePrincipalPolicy"


def preflight(
    aws: Aws, wanted: ServerlessConfig, target: ServerlessTarget | AbsentTarget, steps: Sequence[Step]
) -> tuple[Finding, ...]:
    """What would stop the plan half way: tracks, keys, quotas, permissions. Nothing is asked for an empty plan."""
    if not steps:
        return ()
    return (
        *_track(aws, wanted, target.region),
        *_keys(aws, wanted, target.region),
        *_quota(aws, target),
        *_permissions(aws, steps, target.region),
    )


def _track(aws: Aws, wanted: ServerlessConfig, region: str) -> Iterable[Finding]:
    if wanted.track_name is None:
        return
    try:
        offered = serverless.offered_tracks(aws, region)
    except AccessDenied as error:
        yield _unknown(Subject.MAINTENANCE, "maintenance track", "Whether the track is offered", error)
        return
    if wanted.track_name not in offered:
        yield _finding(
            "blocker",
            Subject.MAINTENANCE,
            "maintenance track",
            f"Serverless offers no track {wanted.track_name} in {region}; it offers {', '.join(offered)}.",
        )


def _keys(aws: Aws, wanted: ServerlessConfig, region: str) -> Iterable[Finding]:
    """Every key that AWS will be asked to encrypt with, in its own region."""
    keys = [(wanted.kms_key_id, region), (wanted.admin_password_secret_kms_key_id, region)]
    keys += [(copy.destination_kms_key_id, copy.destination_region) for copy in wanted.snapshot_copy or ()]
    for key, where in dict.fromkeys(keys):
        if not key or key == AWS_OWNED_KMS_KEY:
            continue
        try:
            unchecked = destination_key(aws, key, where)[1]
        except SettingsError as error:
            yield _finding("blocker", Subject.ENCRYPTION, "KMS key", error.message)
            continue
        if unchecked is not None:
            message = f"Whether the key {key} exists and is enabled is {unchecked.sentence()}."
            yield _finding("warning", Subject.ENCRYPTION, "KMS key", message)


def _quota(aws: Aws, target: ServerlessTarget | AbsentTarget) -> Iterable[Finding]:
    if not isinstance(target, AbsentTarget):
        return
    try:
        count = len(serverless.namespace_names(aws, target.region))
    except AccessDenied:
        return  # not knowing the number is no finding of its own: AWS says so itself at the first call
    if count >= USUAL_QUOTA:
        yield _finding(
            "warning",
            Subject.NAMESPACE,
            "quota",
            f"There are {count} namespaces in {target.region}, and the quota is {USUAL_QUOTA} unless it was raised for "
            "you. Check the quota before you approve.",
        )


def _permissions(aws: Aws, steps: Sequence[Step], region: str) -> Iterable[Finding]:
    """Whether the caller may make the calls, as far as IAM tells it. Conditions and resources are left to AWS."""
    actions = sorted({action for step in steps for action in step.iam_actions})
    try:
        denied = denied_actions(aws, actions, region)
    except AwsError as error:
        yield _finding(
            "info",
            Subject.IDENTITY,
            "permissions",
            f"Whether you may make these calls was not checked: needs {SIMULATE} ({error.message}).",
        )
        return
    if denied:
        yield _finding(
            "warning",
            Subject.IDENTITY,
            "permissions",
            f"IAM's own simulation says that you may not: {', '.join(denied)}. It does not know all conditions, so it "
            "may be wrong; if it is right the run stops at the first of them and can be resumed.",
        )


def denied_actions(aws: Aws, actions: Sequence[str], region: str) -> list[str]:
    """Those of the actions that IAM's simulator denies to the caller. Raises AwsError when it may not be asked."""
    call = Call(
        service="iam",
        region=region,
        operation="SimulatePrincipalPolicy",
        parameters={"PolicySourceArn": principal(aws.identity(region)), "ActionNames": list(actions)},
    )
    results = aws.pages(call, "EvaluationResults")
    return sorted(each["EvalActionName"] for each in results if each["EvalDecision"] != "allowed")


def principal(identity: Identity) -> str:
    """The ARN whose policies count: of an assumed role, the role's."""
    kind, _, rest = identity.arn.rpartition(":")[2].partition("/")
    if kind != "assumed-role":
        return identity.arn
    return f"arn:{identity.partition}:iam::{identity.account_id}:role/{rest.partition('/')[0]}"


def _unknown(subject: Subject, setting: str, what: str, error: AccessDenied) -> Finding:
    return _finding("warning", subject, setting, f"{what} is unknown: needs {error.data.get('action')}.")


def _finding(level: Level, subject: Subject, setting: str, message: str) -> Finding:
    return Finding(level=level, subject=subject, setting=setting, message=message)
