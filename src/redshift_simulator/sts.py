"""Who the caller is: every access key belongs to the same user."""

from __future__ import annotations

from redshift_simulator.account import SimulatedAccount
from redshift_simulator.registry import Parameters, operation


@operation("sts", "GetCallerIdentity")
def get_caller_identity(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, str]:
    return {
        "UserId": "AIDASIMULATEDDEMO0001",
        "Account": account.account_id,
        "Arn": account.caller_arn(region),
    }
