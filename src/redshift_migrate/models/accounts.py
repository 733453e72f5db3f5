"""The accounts that a person allows to be looked at. A name that is not among them leads nowhere."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from pydantic import Field, ValidationError

from redshift_migrate.errors import SettingsError
from redshift_migrate.models.base import Value

HOME = "home"
"""The name of the account that the program was started in."""

_ROLE = re.compile(r"arn:[\w-]+:iam::(\d{12}):role/\S+")

EXAMPLE = """[accounts.analytics]
account_id = "111122223333"
role_arn = "arn:aws:iam::111122223333:role/FleetReader"
"""


class Account(Value):
    """One account, and how to get there: a named profile or a role."""

    name: str = Field(pattern=r"^[A-Za-z0-9_.-]{1,40}$")
    account_id: str = Field(pattern=r"^\d{12}$", description="what the credentials must lead to")
    profile: str | None = None
    role_arn: str | None = None
    external_id: str | None = None
    regions: tuple[str, ...] = Field((), description="where to look; empty: wherever is asked for")


def parse_accounts(text: str, file: str) -> tuple[Account, ...]:
    """The accounts of an accounts file, by name. SettingsError names what in it cannot be used."""
    try:
        tables = tomllib.loads(text).get("accounts", {})
        return tuple(_account(name, table) for name, table in sorted(tables.items()))
    except tomllib.TOMLDecodeError as error:
        raise _unusable(file, f"it is no TOML: {error}") from error
    except (AttributeError, TypeError) as error:
        raise _unusable(file, "its accounts are no tables") from error
    except ValidationError as error:
        wrong = error.errors()[0]
        where = ".".join(map(str, wrong["loc"])) or "account"
        raise _unusable(file, f"{where}: {wrong['msg']}") from error
    except ValueError as error:
        raise _unusable(file, str(error)) from error


def _account(name: str, table: dict[str, Any]) -> Account:
    role = _ROLE.fullmatch(str(table.get("role_arn", "")))
    account = Account(**{"account_id": role[1] if role else "", **table, "name": name})
    if bool(account.profile) == bool(account.role_arn):
        raise ValueError(f"account {name} needs a profile or a role_arn, one of the two")
    if account.role_arn and role is None:
        raise ValueError(f"account {name}: {account.role_arn!r} is no ARN of a role")
    if name == HOME:
        raise ValueError(f"{HOME!r} is the name of the account that the program is started in")
    return account


def _unusable(file: str, why: str) -> SettingsError:
    return SettingsError(
        f"The accounts file {file} cannot be used: {why}. Nothing was called.",
        hint=f"It looks like this:\n{EXAMPLE}",
    )
