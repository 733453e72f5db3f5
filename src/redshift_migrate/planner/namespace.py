"""Steps that make a namespace, or bring one that exists to the wanted settings, its tags and its policy included."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from redshift_migrate.models.base import Json, JsonObject
from redshift_migrate.models.finding import Subject
from redshift_migrate.models.plan import Call, Check, Step, ref
from redshift_migrate.models.serverless import AWS_OWNED_KMS_KEY, ServerlessConfig
from redshift_migrate.models.settings import (
    ADMIN_PASSWORD,
    ADMIN_PASSWORD_KEY,
    ADMIN_USERNAME,
    DB_NAME,
    DEFAULT_ROLE,
    IAM_ROLES,
    KMS_KEY,
    LOG_EXPORTS,
    RESOURCE_POLICY,
    Pairs,
    Setting,
    send_all,
    tag_list,
    values_of,
)
from redshift_migrate.planner.building import (
    CREATE_NAMESPACE_ID,
    UPDATE_SETTLE_S,
    Place,
    json_list,
    make_step,
    run_tags,
)

CREATE_ID = CREATE_NAMESPACE_ID
_ROLES = (IAM_ROLES, DEFAULT_ROLE)
_SENT = (DB_NAME, KMS_KEY, *_ROLES, LOG_EXPORTS)
"""What CreateNamespace is given as it is wished, and is read back for; the admin user has rules of its own."""


def create_namespace(wanted: ServerlessConfig, place: Place, run_tag: str, admin_username: str | None) -> Step:
    """One CreateNamespace with every setting. `admin_username` is given a managed password, so none is ever typed.

    The undo deletes the namespace only while its ARN carries the run's tag, and takes a last snapshot first.
    """
    values = values_of(_SENT, wanted)
    if wanted.iam_roles is not None:
        values = {DEFAULT_ROLE.member: DEFAULT_ROLE.fresh, **values}
    sent = dict(values)
    if admin_username is not None:  # a name without a password is refused, so it always comes with a managed one
        values[ADMIN_USERNAME.member] = sent[ADMIN_USERNAME.member] = admin_username
    if admin_username is not None or wanted.manage_admin_password:
        sent |= _managed_password(wanted)
    rows = (*_SENT, ADMIN_USERNAME, ADMIN_PASSWORD, ADMIN_PASSWORD_KEY)
    parameters = {"namespaceName": place.namespace_name, **send_all(rows, sent)}
    parameters["tags"] = run_tags(wanted.tags, run_tag)
    return make_step(
        id=CREATE_ID,
        subject=Subject.NAMESPACE,
        summary=f"Create namespace {place.namespace_name}",
        call=place.call("CreateNamespace", parameters),
        check=Check(
            reading=place.namespace(),
            before=None,
            after={"namespace_name": place.namespace_name, **values},
            outputs=("namespace_arn", "final_snapshot_name"),
        ),
        waits=(place.namespace_available(),),
        undo=place.call(
            "DeleteNamespace",
            {"namespaceName": place.namespace_name, "finalSnapshotName": ref(CREATE_ID, "final_snapshot_name")},
        ),
        undo_waits=(place.namespace_gone(),),
        undo_check=place.made_by(ref(CREATE_ID, "namespace_arn"), run_tag),
    )


def update_namespace(wanted: ServerlessConfig, now: ServerlessConfig, place: Place) -> tuple[Step, ...]:
    """One UpdateNamespace for each setting that differs: AWS takes one at a time (roles and default role together)."""
    steps = []
    for rows in ((KMS_KEY,), _ROLES, (LOG_EXPORTS,)):
        old = {row.member: row.fresh for row in rows} | values_of(rows, now)
        new = old | values_of(rows, wanted)
        if rows is _ROLES:
            new = _with_default(new, wanted)
        if new != old:
            steps.append(_update(rows, old, new, place))
    return (*steps, *_password_step(wanted, now, place))


def keep_after_restore(wanted: ServerlessConfig, place: Place, undone_with: str) -> tuple[Step, ...]:
    """Steps that look at each namespace setting after a restore and set it again if the restore changed it.

    Whether a restore leaves them alone is not documented; where it does, these steps make no call.
    """
    steps = []
    for rows in ((KMS_KEY,), _ROLES, (LOG_EXPORTS,)):
        values = values_of(rows, wanted)
        first = rows[0]
        if values.get(first.member) in (None, first.fresh):
            continue
        values = {row.member: row.fresh for row in rows} | values
        steps.append(
            make_step(
                id=f"{first.step_id}.after_restore",
                subject=first.subject,
                summary=f"See that the restore left the {first.words} of {place.namespace_name} as planned, else set "
                "it again",
                call=_call(rows, values, place),
                check=Check(reading=place.namespace(), after=values, whatever_before=True),
                waits=(place.namespace_available(),),
                undone_with=undone_with,
                no_undo="It only keeps what the plan set.",
            )
        )
    return tuple(steps)


def _with_default(new: JsonObject, wanted: ServerlessConfig) -> JsonObject:
    """A default role that nobody wished for stays only as long as it is among the roles."""
    roles, default = new[IAM_ROLES.member], new[DEFAULT_ROLE.member]
    if wanted.default_iam_role_arn is None and isinstance(roles, list) and default not in roles:
        return new | {DEFAULT_ROLE.member: DEFAULT_ROLE.fresh}
    return new


def _managed_password(wanted: ServerlessConfig) -> JsonObject:
    key = wanted.admin_password_secret_kms_key_id
    return {ADMIN_PASSWORD.member: True, **({ADMIN_PASSWORD_KEY.member: key} if key else {})}


def _call(rows: Iterable[Setting], values: Mapping[str, Json], place: Place) -> Call:
    """The update to these values. No default role is asked for by not naming one beside the roles."""
    named = [row for row in rows if row is not DEFAULT_ROLE or values[row.member]]
    parameters = send_all(named, values, creates=False)
    return place.call("UpdateNamespace", {"namespaceName": place.namespace_name, **parameters})


def _update(rows: tuple[Setting, ...], old: JsonObject, new: JsonObject, place: Place) -> Step:
    first = rows[0]
    # AWS documents no way from a key of one's own to the one that it owns.
    can_go_back = first is not KMS_KEY or old[first.member] != AWS_OWNED_KMS_KEY
    words = "; ".join(f"{row.words} {row.tell(new[row.member])}, not {row.tell(old[row.member])}" for row in rows)
    return make_step(
        id=first.step_id,
        subject=first.subject,
        summary=f"Change namespace {place.namespace_name}: {words}",
        call=_call(rows, new, place),
        check=Check(reading=place.namespace(), before=old, after=new),
        waits=(place.namespace_available(settle_s=UPDATE_SETTLE_S),),
        undo=_call(rows, old, place) if can_go_back else None,
        no_undo="" if can_go_back else "AWS documents no way back to the key that it owns.",
    )


def _password_step(wanted: ServerlessConfig, now: ServerlessConfig, place: Place) -> tuple[Step, ...]:
    """Only towards a managed password: the other way somebody would have to type one."""
    if not wanted.manage_admin_password or now.manage_admin_password:
        return ()
    rows = (ADMIN_PASSWORD, ADMIN_PASSWORD_KEY)
    return (
        make_step(
            id=ADMIN_PASSWORD.step_id,
            subject=ADMIN_PASSWORD.subject,
            summary=f"Let Secrets Manager keep the admin password of namespace {place.namespace_name}",
            call=_call(rows, _managed_password(wanted), place),
            check=Check(
                reading=place.namespace(),
                before={ADMIN_PASSWORD.member: False},
                after={ADMIN_PASSWORD.member: True},
            ),
            waits=(place.namespace_available(settle_s=UPDATE_SETTLE_S),),
            no_undo="Nobody knows the password that was valid before.",
            interrupts=ADMIN_PASSWORD.interrupts,
        ),
    )


# --- tags, which a namespace and a workgroup have alike ---------------------------------------------------


def plan_tags(wanted: Pairs, present: Pairs, resource: str, arn: Json, place: Place) -> tuple[Step, ...]:
    """One TagResource for new keys and one for changed values, so that each can be taken back by one call.

    Tags of others stay.
    """
    now = dict(present)
    new = {key: value for key, value in wanted if key not in now}
    changed = {key: value for key, value in wanted if key in now and now[key] != value}
    old = {key: now[key] for key in changed}
    steps = []
    if new:
        undo = place.call("UntagResource", {"resourceArn": arn, "tagKeys": json_list(sorted(new))})
        steps.append(_tag("add", resource, arn, new, dict.fromkeys(new), undo, place))
    if changed:
        undo = place.call("TagResource", {"resourceArn": arn, "tags": tag_list(sorted(old.items()))})
        steps.append(_tag("change", resource, arn, changed, old, undo, place))
    return tuple(steps)


def _tag(
    what: str,
    resource: str,
    arn: Json,
    values: Mapping[str, str],
    before: Mapping[str, str | None],
    undo: Call,
    place: Place,
) -> Step:
    return make_step(
        id=f"tags.{resource}.{what}",
        subject=Subject.TAGS,
        summary=f"Set tags of the {resource}: {', '.join(sorted(values))}",
        call=place.call("TagResource", {"resourceArn": arn, "tags": tag_list(sorted(values.items()))}),
        check=Check(
            reading=place.reading("tags", resource_arn=arn),
            before={**before},
            after={**values},
        ),
        undo=undo,
    )


# --- the resource policy ---------------------------------------------------------------------------------


def plan_resource_policy(wanted: str, now: str, place: Place) -> tuple[Step, ...]:
    """One PutResourcePolicy (of provisioned Redshift, with the serverless ARN), or a deletion, or nothing."""
    old, new = str(RESOURCE_POLICY.form(now)), str(RESOURCE_POLICY.form(wanted))
    if old == new:
        return ()
    member = RESOURCE_POLICY.member
    return (
        make_step(
            id=RESOURCE_POLICY.step_id,
            subject=RESOURCE_POLICY.subject,
            summary=f"{'Put' if new else 'Remove'} the resource policy of namespace {place.namespace_name}",
            call=_policy(new, place),
            check=Check(
                reading=place.reading("resource_policy", resource_arn=place.namespace_arn),
                before={member: old},
                after={member: new},
            ),
            undo=_policy(old, place),
            interrupts="" if new else "Integrations and accounts that the policy admitted are shut out.",
        ),
    )


def _policy(policy: str, place: Place) -> Call:
    if policy:
        parameters = {"ResourceArn": place.namespace_arn, **RESOURCE_POLICY.send(policy)}
        return place.call("PutResourcePolicy", parameters, service="redshift")
    return place.call("DeleteResourcePolicy", {"ResourceArn": place.namespace_arn}, service="redshift")
