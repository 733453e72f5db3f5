"""Who the caller is, and the credentials of a role."""

from __future__ import annotations

import re

from redshift_simulator.account import ROLE_KEY, SimulatedAccount
from redshift_simulator.errors import SimulatedError
from redshift_simulator.registry import Parameters, operation

ROLE = re.compile(r"arn:[\w-]+:iam::(?P<account>\d{12}):role/(?:.*/)?(?P<name>[\w+=,.@-]+)")
LASTS_S = 3600


@operation("sts", "GetCallerIdentity")
def get_caller_identity(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, str]:
    return {
        "UserId": "AROASIMULATEDDEMO0001:fleet" if account.role_name else "AIDASIMULATEDDEMO0001",
        "Account": account.account_id,
        "Arn": account.caller_arn(region),
    }


@operation("iam", "ListAccountAliases")
def list_account_aliases(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, object]:
    alias = account.settings.get("alias")
    return {"AccountAliases": [alias] if alias else [], "IsTruncated": False}


@operation("sts", "AssumeRole")
def assume_role(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, object]:
    """Only roles of `settings["roles"]` can be taken on; each says in which account the keys then are."""
    arn = parameters["RoleArn"]
    role, leads_to = ROLE.fullmatch(arn), account.settings.get("roles", {}).get(arn)
    if role is None or leads_to is None:
        message = f"User: {account.caller_arn(region)} is not authorized to perform: sts:AssumeRole on resource: {arn}"
        raise SimulatedError("AccessDenied", message, 403)
    name = re.sub(r"\W", "", role["name"])
    key = f"ASIA{leads_to}{name}"
    assert ROLE_KEY.fullmatch(key)
    session = f"arn:aws:sts::{leads_to}:assumed-role/{role['name']}/{parameters['RoleSessionName']}"
    return {
        "Credentials": {
            "AccessKeyId": key,
            "SecretAccessKey": "simulated",
            "SessionToken": "simulated",
            "Expiration": account.clock.now() + parameters.get("DurationSeconds", LASTS_S),
        },
        "AssumedRoleUser": {"AssumedRoleId": f"AROASIMULATEDDEMO0001:{name}", "Arn": session},
    }
