"""Steps that make a namespace, or bring one that exists to the wanted settings."""

from __future__ import annotations

from typing import Any

from redshift_migrate.models.base import JsonObject
from redshift_migrate.models.finding import Subject
from redshift_migrate.models.plan import Check, Step, ref
from redshift_migrate.models.serverless import AWS_OWNED_KMS_KEY, ServerlessConfig
from redshift_migrate.planner.building import (
    UPDATE_SETTLE_S,
    Place,
    are_roles,
    hash_of,
    is_default_role,
    json_list,
    literal,
    make_step,
    run_tags,
)

CREATE_ID = "namespace.create"
KMS_ID, ROLES_ID, LOGS_ID, PASSWORD_ID = (
    "encryption.kms_key",
    "identity.iam_roles",
    "logging.log_exports",
    "identity.managed_password",
)
_KMS = f"not_null(kmsKeyId, '{AWS_OWNED_KMS_KEY}')"
_LOGS = "sort(not_null(logExports, `[]`))"
_FINAL_SNAPSHOT = "join('-before-undo-', [namespace.namespaceName, namespace.namespaceId])"
"""The snapshot that is taken before a namespace is deleted: the same for every attempt, another for every namespace."""


def create_namespace(wanted: ServerlessConfig, place: Place, run_tag: str, admin_username: str | None) -> Step:
    """One CreateNamespace with every setting. `admin_username` is given a managed password, so none is ever typed.

    The undo deletes the namespace only while its ARN carries the run's tag, and takes a last snapshot first.
    """
    parameters: JsonObject = {"namespaceName": place.namespace_name}
    seen: dict[str, str] = {"namespaceName": "namespaceName"}
    after: JsonObject = {"namespaceName": place.namespace_name}
    if wanted.db_name:
        parameters["dbName"] = after["dbName"] = wanted.db_name
        seen["dbName"] = "dbName"
    if wanted.kms_key_id is not None:
        seen["kmsKeyId"], after["kmsKeyId"] = _KMS, wanted.kms_key_id
        if wanted.kms_key_id != AWS_OWNED_KMS_KEY:
            parameters["kmsKeyId"] = wanted.kms_key_id
    if wanted.log_exports is not None:
        seen["logExports"], after["logExports"] = _LOGS, json_list(sorted(wanted.log_exports))
        if wanted.log_exports:
            parameters["logExports"] = after["logExports"]
    _add_roles(wanted, parameters, seen, after)
    _add_admin(wanted, admin_username, parameters, seen, after)
    parameters["tags"] = run_tags(wanted.tags, run_tag)
    return make_step(
        id=CREATE_ID,
        subject=Subject.NAMESPACE,
        summary=f"Create namespace {place.namespace_name}",
        call=place.call("CreateNamespace", parameters),
        check=Check(
            call=place.get_namespace(),
            select=hash_of("namespace", seen),
            before=None,
            after=after,
            outputs={"namespace_arn": "namespace.namespaceArn", "final_snapshot_name": _FINAL_SNAPSHOT},
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
    return (
        *_kms_step(wanted, now, place),
        *_roles_step(wanted, now, place),
        *_logs_step(wanted, now, place),
        *_password_step(wanted, now, place),
    )


def keep_after_restore(wanted: ServerlessConfig, place: Place, undone_with: str) -> tuple[Step, ...]:
    """Steps that look at each namespace setting after a restore and set it again if the restore changed it.

    Whether a restore leaves them alone is not documented; where it does, these steps make no call.
    """
    seen: list[tuple[str, Subject, str, str, JsonObject]] = []
    if wanted.kms_key_id is not None and wanted.kms_key_id != AWS_OWNED_KMS_KEY:
        same = f"kmsKeyId == {literal(wanted.kms_key_id)}"
        seen.append((KMS_ID, Subject.ENCRYPTION, "encryption key", same, {"kmsKeyId": wanted.kms_key_id}))
    if wanted.iam_roles:
        roles, default = wanted.iam_roles, wanted.default_iam_role_arn or ""
        same = f"{are_roles(roles)} && {is_default_role(default)}"
        seen.append((ROLES_ID, Subject.IDENTITY, "IAM roles", same, _roles_parameters(roles, default)))
    if wanted.log_exports:
        exports = sorted(wanted.log_exports)
        same = " && ".join(
            [f"length(not_null(logExports, `[]`)) == `{len(exports)}`"]
            + [f"contains(not_null(logExports, `[]`), {literal(export)})" for export in exports]
        )
        seen.append((LOGS_ID, Subject.LOGGING, "log exports", same, {"logExports": json_list(exports)}))
    return tuple(
        make_step(
            id=f"{id_}.after_restore",
            subject=subject,
            summary=f"See that the restore left the {what} of {place.namespace_name} as planned, else set it again",
            call=place.call("UpdateNamespace", {"namespaceName": place.namespace_name, **parameters}),
            check=Check(
                call=place.get_namespace(),
                select=hash_of("namespace", {"as_wanted": f"({same})"}),
                before={"as_wanted": False},
                after={"as_wanted": True},
            ),
            waits=(place.namespace_available(),),
            undone_with=undone_with,
            no_undo="It only keeps what the plan set.",
        )
        for id_, subject, what, same, parameters in seen
    )


def _add_roles(wanted: ServerlessConfig, parameters: JsonObject, seen: dict[str, str], after: JsonObject) -> None:
    if wanted.iam_roles is None:
        return
    default = wanted.default_iam_role_arn or ""
    if wanted.iam_roles:
        parameters |= _roles_parameters(wanted.iam_roles, default)
    seen["iamRoles"], seen["defaultIamRoleArn"] = are_roles(wanted.iam_roles), is_default_role(default)
    after["iamRoles"] = after["defaultIamRoleArn"] = True


def _add_admin(
    wanted: ServerlessConfig,
    admin_username: str | None,
    parameters: JsonObject,
    seen: dict[str, str],
    after: JsonObject,
) -> None:
    """A name without a password is refused, so a name always comes with a managed password."""
    if admin_username is not None:
        parameters["adminUsername"] = after["adminUsername"] = admin_username
        seen["adminUsername"] = "adminUsername"
    if admin_username is not None or wanted.manage_admin_password:
        parameters["manageAdminPassword"] = True
        if wanted.admin_password_secret_kms_key_id:
            parameters["adminPasswordSecretKmsKeyId"] = wanted.admin_password_secret_kms_key_id


def _roles_parameters(roles: tuple[str, ...], default: str) -> JsonObject:
    parameters: JsonObject = {"iamRoles": json_list(sorted(roles))}
    return parameters | ({"defaultIamRoleArn": default} if default else {})


def _update(place: Place, id_: str, subject: Subject, summary: str, parameters: JsonObject, **members: Any) -> Step:
    return make_step(
        id=id_,
        subject=subject,
        summary=summary,
        call=place.call("UpdateNamespace", {"namespaceName": place.namespace_name, **parameters}),
        waits=(place.namespace_available(settle_s=UPDATE_SETTLE_S),),
        **members,
    )


def _kms_step(wanted: ServerlessConfig, now: ServerlessConfig, place: Place) -> tuple[Step, ...]:
    if wanted.kms_key_id in (None, now.kms_key_id):
        return ()
    old = now.kms_key_id
    can_go_back = old not in (None, AWS_OWNED_KMS_KEY)
    return (
        _update(
            place,
            KMS_ID,
            Subject.ENCRYPTION,
            f"Encrypt namespace {place.namespace_name} with {wanted.kms_key_id}, not {old}",
            {"kmsKeyId": wanted.kms_key_id},
            check=Check(
                call=place.get_namespace(),
                select=hash_of("namespace", {"kmsKeyId": _KMS}),
                before={"kmsKeyId": old},
                after={"kmsKeyId": wanted.kms_key_id},
            ),
            undo=place.call("UpdateNamespace", {"namespaceName": place.namespace_name, "kmsKeyId": old})
            if can_go_back
            else None,
            no_undo="" if can_go_back else "AWS documents no way back to the key that it owns.",
        ),
    )


def _roles_step(wanted: ServerlessConfig, now: ServerlessConfig, place: Place) -> tuple[Step, ...]:
    old, old_default = now.iam_roles or (), now.default_iam_role_arn or ""
    roles = old if wanted.iam_roles is None else tuple(sorted(wanted.iam_roles))
    default = wanted.default_iam_role_arn
    if default is None:
        default = old_default if old_default in roles else ""
    if (roles, default) == (tuple(sorted(old)), old_default):
        return ()

    def seen(is_old: bool) -> JsonObject:
        return {"as_planned": not is_old, "as_before": is_old}

    return (
        _update(
            place,
            ROLES_ID,
            Subject.IDENTITY,
            f"Set the IAM roles of namespace {place.namespace_name}: {', '.join(roles) or 'none'}; default "
            f"{default or 'none'}",
            _roles_parameters(roles, default),
            check=Check(
                call=place.get_namespace(),
                select=hash_of(
                    "namespace",
                    {
                        "as_planned": f"({are_roles(roles)} && {is_default_role(default)})",
                        "as_before": f"({are_roles(old)} && {is_default_role(old_default)})",
                    },
                ),
                before=seen(is_old=True),
                after=seen(is_old=False),
            ),
            undo=place.call(
                "UpdateNamespace", {"namespaceName": place.namespace_name, **_roles_parameters(old, old_default)}
            ),
        ),
    )


def _logs_step(wanted: ServerlessConfig, now: ServerlessConfig, place: Place) -> tuple[Step, ...]:
    if wanted.log_exports is None or set(wanted.log_exports) == set(now.log_exports or ()):
        return ()
    old, new = sorted(now.log_exports or ()), sorted(wanted.log_exports)
    return (
        _update(
            place,
            LOGS_ID,
            Subject.LOGGING,
            f"Export these logs of namespace {place.namespace_name} to CloudWatch: {', '.join(new) or 'none'}",
            {"logExports": json_list(new)},
            check=Check(
                call=place.get_namespace(),
                select=hash_of("namespace", {"logExports": _LOGS}),
                before={"logExports": json_list(old)},
                after={"logExports": json_list(new)},
            ),
            undo=place.call("UpdateNamespace", {"namespaceName": place.namespace_name, "logExports": json_list(old)}),
        ),
    )


def _password_step(wanted: ServerlessConfig, now: ServerlessConfig, place: Place) -> tuple[Step, ...]:
    """Only towards a managed password: the other way somebody would have to type one."""
    if not wanted.manage_admin_password or now.manage_admin_password:
        return ()
    parameters: JsonObject = {"manageAdminPassword": True}
    if wanted.admin_password_secret_kms_key_id:
        parameters["adminPasswordSecretKmsKeyId"] = wanted.admin_password_secret_kms_key_id
    return (
        _update(
            place,
            PASSWORD_ID,
            Subject.IDENTITY,
            f"Let Secrets Manager keep the admin password of namespace {place.namespace_name}",
            parameters,
            check=Check(
                call=place.get_namespace(),
                select=hash_of("namespace", {"managed": "not_null(adminPasswordSecretArn, '') != ''"}),
                before={"managed": False},
                after={"managed": True},
            ),
            no_undo="Nobody knows the password that was valid before.",
            interrupts="Whoever signs in with the admin password has to take the new one from Secrets Manager.",
        ),
    )
