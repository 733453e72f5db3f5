"""Doors to other accounts, each behind a proof that it leads where it should."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from redshift_migrate.aws.door import Aws
from redshift_migrate.errors import CredentialsProblem, SettingsError
from redshift_migrate.models.accounts import HOME, Account
from redshift_migrate.models.plan import Call
from redshift_migrate.models.regions import Identity, either

LASTS_S = 3600
"""How long credentials of a role are asked for; a role that another role takes on gives no more."""
SPARE = timedelta(minutes=5)
SESSION_NAME = "redshift-migrate"

WithProfile = Callable[[str], Aws]
WithKeys = Callable[[str, str, str], Aws]
"""Access key, secret and token of a role → the door."""


class Accounts:
    """The account that the program was started in, and those that a person allowed. No other name leads anywhere."""

    def __init__(
        self,
        home: Aws,
        allowed: Sequence[Account] = (),
        with_profile: WithProfile | None = None,
        with_keys: WithKeys | None = None,
    ) -> None:
        self._home = home
        self._allowed = {each.name: each for each in allowed}
        self._with_profile, self._with_keys = with_profile, with_keys
        self._doors: dict[str, tuple[Aws, datetime]] = {}
        self._lock = threading.Lock()

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that leads somewhere, the home first."""
        return (HOME, *self._allowed)

    def regions(self, name: str) -> tuple[str, ...]:
        """The only regions to look at in that account; empty where there is no such wish."""
        return self._allowed[name].regions if name in self._allowed else ()

    def open(self, name: str, region: str) -> tuple[Aws, Identity]:
        """The door to an account, and who the caller is there.

        SettingsError for a name that nobody allowed, CredentialsProblem where the credentials lead to another account.
        """
        if name == HOME:
            return self._home, self._home.identity(region)
        account = self._allowed.get(name)
        if account is None:
            raise SettingsError(
                f"{name!r} is none of the accounts that may be looked at. Nothing was called.",
                hint=f"Known: {either(self.names)}. Others are allowed in the accounts file, by a person.",
            )
        door = self._door(account, region)
        identity = door.identity(region)
        if identity.account_id != account.account_id:
            raise CredentialsProblem(
                f"The credentials for account {name} lead to {identity.account_id}, not to {account.account_id}. "
                "Nothing was read there.",
                hint="Correct the profile, the role or the account_id in the accounts file.",
            )
        return door, identity

    def _door(self, account: Account, region: str) -> Aws:
        with self._lock:
            door, until = self._doors.get(account.name, (None, datetime.min.replace(tzinfo=UTC)))
            if door is None or datetime.now(UTC) + SPARE > until:
                door, until = self._new_door(account, region)
                self._doors[account.name] = door, until
            return door

    def _new_door(self, account: Account, region: str) -> tuple[Aws, datetime]:
        forever = datetime.max.replace(tzinfo=UTC)
        if account.profile and self._with_profile:
            return self._with_profile(account.profile), forever
        if not account.role_arn or self._with_keys is None:
            raise SettingsError(f"There is no way to account {account.name} from here. Nothing was called.")
        asked = {"RoleArn": account.role_arn, "RoleSessionName": SESSION_NAME, "DurationSeconds": LASTS_S}
        if account.external_id:
            asked["ExternalId"] = account.external_id
        reply = self._home.call(Call(service="sts", region=region, operation="AssumeRole", parameters=asked))
        keys = reply["Credentials"]
        door = self._with_keys(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
        return door, datetime.fromisoformat(keys["Expiration"])
