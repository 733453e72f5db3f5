"""Questions asked of AWS before a plan is shown, so that failures are known before anyone approves. Reads only."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import partial

import redshift_facts as record
from redshift_migrate.aws.door import Aws
from redshift_migrate.errors import AccessDenied, AwsError, InvalidRequest, ResourceNotFound, SettingsError
from redshift_migrate.migration.dependents import deleted_dependents
from redshift_migrate.models.base import Unknown
from redshift_migrate.models.finding import Finding, Level, Subject
from redshift_migrate.models.plan import Call, Step, Wish
from redshift_migrate.models.regions import Identity, RegionCatalog, check_copy_destination, either
from redshift_migrate.models.serverless import AWS_OWNED_KMS_KEY, AbsentTarget, ServerlessConfig, ServerlessTarget
from redshift_migrate.observers.target import namespace_names, offered_tracks
from redshift_migrate.planner.building import USE_KEY
from redshift_migrate.planner.undo import dependent_findings

USUAL_QUOTA = 25
"""Namespaces, and workgroups, of an account in a region; it can be raised. Source: Management Guide, "Quotas"."""

SIMULATE = "iam:SimulatePrincipalPolicy"
_ARN = re.compile(r"arn:(?P<partition>[^:]+):kms:(?P<region>[^:]*):(?P<account>[^:]*):(?P<kind>key|alias)/.+")


def preflight(
    aws: Aws,
    regions: RegionCatalog,
    region: str,
    wish: Wish,
    target: ServerlessTarget | AbsentTarget | None,
    steps: Sequence[Step],
) -> tuple[Finding, ...]:
    """What would stop the plan half way: regions, tracks, keys, quotas, permissions, what leans on what is deleted.

    Nothing is asked for an empty plan. What a person typed and cannot be is raised as SettingsError; what follows from
    a cluster is a blocker, because nobody could have typed it better.
    """
    if not steps:
        return ()
    found: list[Finding] = []
    if wish.settings is not None and target is not None:
        for subject, setting, check in _checks(aws, regions, wish.settings, region):
            try:
                found += check()
            except SettingsError as error:
                if wish.source is None:
                    raise
                found.append(_finding("blocker", subject, setting, error.message))
        found += _quota(aws, target)
    if wish.goals:  # nothing else deletes what others may lean on
        found += dependent_findings(wish.goals, deleted_dependents(aws, steps))
    keys = _keys(wish, target)
    found += _permissions(aws, steps, region, without=USE_KEY if keys else ())
    found += _key_use(aws, keys, steps, region)
    return tuple(found)


Check = tuple[Subject, str, Callable[[], Iterable[Finding]]]


def _checks(aws: Aws, regions: RegionCatalog, wanted: ServerlessConfig, region: str) -> Iterator[Check]:
    """Each wished value that AWS may refuse, with the question whether it would."""
    if wanted.track_name is not None:
        yield Subject.MAINTENANCE, "maintenance track", partial(_track, aws, wanted.track_name, region)
    for copy in wanted.snapshot_copy or ():
        destination = partial(_destination, regions, region, copy.destination_region)
        yield Subject.SNAPSHOT_COPY, "copy destination", destination
    keys = [(wanted.kms_key_id, region), (wanted.admin_password_secret_kms_key_id, region)]
    keys += [(copy.destination_kms_key_id, copy.destination_region) for copy in wanted.snapshot_copy or ()]
    for key, where in dict.fromkeys(keys):
        if key and key != AWS_OWNED_KMS_KEY:
            yield Subject.ENCRYPTION, "KMS key", partial(_usable_key, aws, key, where)


def _track(aws: Aws, track: str, region: str) -> Iterable[Finding]:
    try:
        offered = offered_tracks(aws, region)
    except AccessDenied as error:
        message = f"Whether the track is offered is unknown: needs {error.data.get('action')}."
        return (_finding("warning", Subject.MAINTENANCE, "maintenance track", message),)
    if track in offered:
        return ()
    raise SettingsError(
        f"Serverless offers no maintenance track {track!r} in {region}. Nothing was changed.",
        hint=f"It offers {either(list(offered))}.",
        tracks=list(offered),
    )


def _destination(regions: RegionCatalog, region: str, destination: str) -> Iterable[Finding]:
    check_copy_destination(regions, region, destination)
    if destination in regions.serverless[regions.require(destination)]:
        return ()
    message = f"Redshift Serverless is not listed for {destination}; AWS may refuse it as a destination."
    return (_finding("warning", Subject.SNAPSHOT_COPY, "copy destination", message),)


def _usable_key(aws: Aws, key: str, region: str) -> Iterable[Finding]:
    unchecked = destination_key(aws, key, region)[1]
    if unchecked is None:
        return ()
    message = f"Whether the key {key} exists and is enabled is {unchecked.sentence()}."
    return (_finding("warning", Subject.ENCRYPTION, "KMS key", message),)


def is_key_arn(key: str) -> bool:
    """Whether that names one key and no other: an alias or a bare id has to be asked about."""
    parts = _ARN.fullmatch(key)
    return parts is not None and parts["kind"] == "key"


def destination_key(aws: Aws, key: str, destination_region: str) -> tuple[str, Unknown | None]:
    """The ARN of a key that the user named, and what could not be checked about it.

    SettingsError for a key of another region, one that does not exist there, or one that is not enabled.
    """
    parts = _ARN.fullmatch(key)
    if key.startswith("arn:") and parts is None:
        raise SettingsError(
            f"{key!r} is not the ARN of a KMS key. Nothing was changed.",
            hint="It looks like arn:aws:kms:REGION:ACCOUNT:key/ID; a key id or alias/NAME will do as well.",
        )
    if parts is not None and parts["region"] != destination_region:
        raise SettingsError(
            f"The key {key} lives in {parts['region']}, but copies in {destination_region} can only be encrypted with "
            f"a key of {destination_region}. Nothing was changed.",
            hint=f"Name a key of {destination_region}, or a multi-Region replica there.",
        )
    call = Call(service="kms", region=destination_region, operation="DescribeKey", parameters={"KeyId": key})
    try:
        metadata = aws.call(call)["KeyMetadata"]
    except (ResourceNotFound, InvalidRequest) as error:
        raise SettingsError(
            f"There is no KMS key {key!r} in {destination_region}. Nothing was changed.",
            hint=f"List them with: aws kms list-aliases --region {destination_region}",
        ) from error
    except AccessDenied as error:
        if parts is None or ":alias/" in key:
            raise  # without the read, an alias or bare id cannot be compared with what AWS answers
        return key, Unknown(needs_action="kms:DescribeKey", reason=error.message)
    if metadata.get("KeyState", "Enabled") != "Enabled":
        raise SettingsError(
            f"The key {key} in {destination_region} is {metadata['KeyState']}, so nothing can be encrypted with it. "
            "Nothing was changed.",
            hint="Enable it, or name another key.",
        )
    return str(metadata["Arn"]), None


def _quota(aws: Aws, target: ServerlessTarget | AbsentTarget) -> Iterable[Finding]:
    if not isinstance(target, AbsentTarget):
        return
    try:
        count = len(namespace_names(aws, target.region))
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


def _permissions(aws: Aws, steps: Sequence[Step], region: str, without: Collection[str]) -> Iterable[Finding]:
    """Whether the caller may make the calls, as far as IAM tells it. Conditions and resources are left to AWS."""
    actions = sorted({action for step in steps for action in step.iam_actions if action not in without})
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


def _keys(wish: Wish, target: ServerlessTarget | AbsentTarget | None) -> tuple[str, ...]:
    """The customer managed keys of the namespace and of its copies, as wished or as they are."""
    wished = wish.settings
    there = target.config.kms_key_id if isinstance(target, ServerlessTarget) else None
    keys = [(wished.kms_key_id if wished is not None else None) or there]
    keys += [copy.destination_kms_key_id for copy in (wished.snapshot_copy if wished is not None else None) or ()]
    return tuple(dict.fromkeys(key for key in keys if key and key != AWS_OWNED_KMS_KEY))


def _key_use(aws: Aws, keys: Sequence[str], steps: Sequence[Step], region: str) -> Iterable[Finding]:
    """Whether the caller may use those very keys; what a key's own policy says is not looked at."""
    actions = sorted({action for step in steps for action in step.iam_actions if action in USE_KEY})
    if not keys or not actions:
        return
    try:
        denied = denied_actions(aws, actions, region, keys)
    except AwsError:
        return  # that IAM could not be asked is said once, for all permissions
    if denied:
        refusal = record.text("refusals.serverless", "key_permissions")
        yield _finding(
            "warning",
            Subject.ENCRYPTION,
            "use of the key",
            f"IAM's own simulation says that you may not use {' and '.join(keys)}: {', '.join(denied)}. If the policy "
            f"of the key does not allow it either, AWS answers '{refusal}' and the run stops there; it can be resumed.",
        )


def denied_actions(aws: Aws, actions: Sequence[str], region: str, resources: Sequence[str] = ()) -> list[str]:
    """Those of the actions that IAM's simulator denies to the caller. Raises AwsError when it may not be asked."""
    which = {"ResourceArns": list(resources)} if resources else {}
    call = Call(
        service="iam",
        region=region,
        operation="SimulatePrincipalPolicy",
        parameters={"PolicySourceArn": principal(aws.identity(region)), "ActionNames": list(actions), **which},
    )
    results = aws.pages(call, "EvaluationResults")
    return sorted({each["EvalActionName"] for each in results if each["EvalDecision"] != "allowed"})


def principal(identity: Identity) -> str:
    """The ARN whose policies count: of an assumed role, the role's."""
    kind, _, rest = identity.arn.rpartition(":")[2].partition("/")
    if kind != "assumed-role":
        return identity.arn
    return f"arn:{identity.partition}:iam::{identity.account_id}:role/{rest.partition('/')[0]}"


def _finding(level: Level, subject: Subject, setting: str, message: str) -> Finding:
    return Finding(level=level, subject=subject, setting=setting, message=message)
