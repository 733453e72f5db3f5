"""How a value is spelled: by AWS in a reply, by us in one form, in a call, and to people."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from redshift_migrate.models.aws_made import is_service_linked
from redshift_migrate.models.base import Json
from redshift_migrate.models.serverless import AWS_OWNED_KMS_KEY

NO_MAXIMUM = -1
"""What the API takes and answers for "no maximum of its own", and for a base capacity that it decides itself."""

_PRINTED_ROLE = re.compile(r"iamRoleArn=([^,)\s]+)")


@dataclass(frozen=True)
class Spelling:
    """`read`: from what a reply has (None: it says nothing); `send`: to what a call takes; `tell`: in words.

    `read` takes our own form too and leaves it as it is, so that a wish and a reply end in the same form.
    """

    read: Callable[[Any], Json]
    send: Callable[[Json], Json]
    tell: Callable[[Json], str]


def role_arn(printed: str) -> str:
    """The ARN in `IamRole(applyStatus=in-sync, iamRoleArn=arn:…)`, whose parts come in either order, or in an ARN."""
    found = _PRINTED_ROLE.search(printed)
    return found.group(1) if found else printed


def json_text(text: str) -> str:
    """A JSON text in one spelling, so that equal ones are equal texts; what is no JSON stays as it is."""
    try:
        return json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"), ensure_ascii=False) if text else ""
    except ValueError:
        return text


def days(value: Any) -> Json:
    """A retention: an endless one may be answered by silence, by 0 or by -1, and is None here."""
    return value if isinstance(value, int) and value > 0 else None


def tell_days(value: Json) -> str:
    """A retention in words."""
    if value is None:
        return "kept indefinitely"
    return "1 day" if value == 1 else f"{value} days"


def tell(value: Json) -> str:
    """A value in words."""
    if value is None or value in ("", NO_MAXIMUM) or value == []:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    return str(value)


def _as_is(value: Any) -> Json:
    found: Json = value
    return found


def _sort(values: Iterable[str] | None) -> Json:
    found: list[Json] = []
    found += sorted(values or ())
    return found


def _own_roles(roles: Iterable[str]) -> Iterator[str]:
    return (arn for arn in map(role_arn, roles) if not is_service_linked(arn))


def _level(target: Any) -> Json:
    """A target is answered as `{status, level}`; switched off it may still name a level."""
    if not isinstance(target, Mapping):
        return target or 0
    return target.get("level") or 0 if target.get("status") == "ENABLED" else 0


def _target(level: Json) -> Json:
    return {"status": "ENABLED", "level": level} if level else {"status": "DISABLED"}


def _groups(groups: Any) -> Json:
    found = [each.get("vpcSecurityGroupId") if isinstance(each, Mapping) else each for each in groups or ()]
    return _sort(group for group in found if group)


def _with_unit(unit: str) -> Callable[[Json], str]:
    return lambda value: "none" if value in (None, NO_MAXIMUM) else f"{value} {unit}"


def _tell_key(key: Json) -> str:
    return "AWS-owned key" if key == AWS_OWNED_KMS_KEY else tell(key)


PLAIN = Spelling(_as_is, _as_is, tell)
SWITCH = Spelling(lambda value: None if value is None else bool(value), _as_is, tell)
SET = Spelling(_sort, _as_is, tell)
RPU = Spelling(lambda value: value or None, _as_is, _with_unit("RPU"))
LEVEL = Spelling(_level, _target, lambda value: f"level {value}" if value else "off")
KEY = Spelling(lambda value: value or None, _as_is, _tell_key)
ROLE = Spelling(lambda value: next(_own_roles([value or ""]), ""), _as_is, tell)
ROLES = Spelling(lambda values: _sort(_own_roles(values or ())), _as_is, tell)
"""Without what AWS attaches by itself, which no call may name, here and there."""
GROUPS = Spelling(_groups, _as_is, tell)
DAYS = Spelling(days, _as_is, tell_days)
DOCUMENT = Spelling(lambda text: json_text(text or ""), _as_is, tell)
MANAGED = Spelling(bool, _as_is, lambda managed: "managed by AWS" if managed else "set by its owner")
"""An admin password: the reply names its secret, the call says that there shall be one."""
ACTIVE = Spelling(lambda state: state if isinstance(state, bool) else state == "ACTIVE", _as_is, tell)
BREACH = Spelling(lambda action: "deactivate" if action == "disable" else action, _as_is, tell)
"""The service has been seen to answer `disable` for a limit that deactivates."""
