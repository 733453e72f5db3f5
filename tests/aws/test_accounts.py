"""Other accounts: only those that a person wrote down, and each hop is proven."""

from __future__ import annotations

import pytest

from redshift_migrate.aws.client import AwsClient
from redshift_migrate.aws.session import PinnedSession
from redshift_migrate.errors import AccessDenied, CredentialsProblem, SettingsError
from redshift_migrate.models.accounts import EXAMPLE, HOME, Account, parse_accounts
from redshift_simulator import SimulatedAccount, SimulatedAws
from redshift_simulator.demo.account import SECOND_ACCOUNT
from tests.support.fleets import REGION, SECOND, accounts_of


def test_the_example_of_the_error_message_can_be_used() -> None:
    (account,) = parse_accounts(EXAMPLE, "accounts.toml")
    assert (account.name, account.account_id) == ("analytics", "111122223333")


def test_the_account_of_a_role_need_not_be_said_twice() -> None:
    (account,) = parse_accounts('[accounts.a]\nrole_arn = "arn:aws:iam::111122223333:role/path/Reader"', "f")
    assert account.account_id == "111122223333"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("accounts = 3", "no tables"),
        ("[accounts", "no TOML"),
        ("[accounts]\na = 3", "no tables"),
        ('[accounts.a]\naccount_id = "111122223333"', "needs a profile or a role_arn"),
        ('[accounts.a]\naccount_id = "111122223333"\nprofile = "p"\nrole_arn = "r"', "one of the two"),
        ('[accounts.a]\naccount_id = "1"\nprofile = "p"', "account_id"),
        ('[accounts.a]\nprofile = "p"', "account_id"),
        ('[accounts.a]\naccount_id = "111122223333"\nprofile = "p"\nregion = "x"', "region"),
        ('[accounts.a]\naccount_id = "111122223333"\nrole_arn = "arn:aws:iam::1:user/x"', "no ARN of a role"),
        ('[accounts.home]\naccount_id = "111122223333"\nprofile = "p"', "the account that the program is started in"),
        ('[accounts."a b"]\naccount_id = "111122223333"\nprofile = "p"', "name"),
    ],
)
def test_a_file_that_cannot_be_used_says_why_and_shows_one_that_can(text: str, says: str) -> None:
    with pytest.raises(SettingsError) as raised:
        parse_accounts(text, "mine.toml")
    assert says in raised.value.message
    assert "mine.toml" in raised.value.message
    assert "[accounts.analytics]" in raised.value.hint


def test_a_name_that_nobody_allowed_leads_nowhere(aws: SimulatedAws, account: SimulatedAccount) -> None:
    accounts = accounts_of(aws, AwsClient(PinnedSession(aws.endpoint_url, REGION)), SECOND)
    with pytest.raises(SettingsError, match="none of the accounts"):
        accounts.open("345678901234", REGION)
    assert account.calls == []


def test_a_hop_is_proven_and_made_once(aws: SimulatedAws, account: SimulatedAccount) -> None:
    accounts = accounts_of(aws, AwsClient(PinnedSession(aws.endpoint_url, REGION)), SECOND)
    assert accounts.names == (HOME, "analytics")
    for _ in range(2):
        _, identity = accounts.open("analytics", REGION)
        assert identity.account_id == SECOND_ACCOUNT
        assert ":assumed-role/FleetReader/" in identity.arn
    assert [call.name for call in account.calls] == ["sts:AssumeRole", "sts:GetCallerIdentity"]


def test_a_role_that_leads_elsewhere_is_refused(aws: SimulatedAws, account: SimulatedAccount) -> None:
    account.settings["roles"][SECOND.role_arn] = "999999999999"
    accounts = accounts_of(aws, AwsClient(PinnedSession(aws.endpoint_url, REGION)), SECOND)
    with pytest.raises(CredentialsProblem, match="lead to 999999999999, not to 345678901234"):
        accounts.open("analytics", REGION)


def test_a_role_that_may_not_be_taken_on_says_so(aws: SimulatedAws) -> None:
    other = Account(name="other", account_id="999999999999", role_arn="arn:aws:iam::999999999999:role/Nobody")
    accounts = accounts_of(aws, AwsClient(PinnedSession(aws.endpoint_url, REGION)), other)
    with pytest.raises(AccessDenied, match="AssumeRole"):
        accounts.open("other", REGION)


def test_an_external_id_goes_along(aws: SimulatedAws, account: SimulatedAccount) -> None:
    named = SECOND.model_copy(update={"external_id": "partner-7"})
    accounts_of(aws, AwsClient(PinnedSession(aws.endpoint_url, REGION)), named).open("analytics", REGION)
    assert account.calls[0].parameters["ExternalId"] == "partner-7"
