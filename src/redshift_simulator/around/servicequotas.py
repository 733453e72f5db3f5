"""Quotas of Redshift Serverless."""

from __future__ import annotations

from typing import Any

from redshift_simulator.account import SimulatedAccount
from redshift_simulator.errors import SimulatedError
from redshift_simulator.pages import BadTokenError, page
from redshift_simulator.registry import Parameters, operation

SERVICE = "redshift-serverless"
QUOTAS = {"namespaces": "Number of namespaces", "workgroups": "Number of workgroups"}
DEFAULT = 25.0
PAGE_SIZE = 100


@operation("servicequotas", "ListServiceQuotas")
def list_service_quotas(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    if parameters["ServiceCode"] != SERVICE:
        raise SimulatedError("NoSuchResourceException", f"The service {parameters['ServiceCode']} has no quotas.")
    asked = parameters.get("MaxResults", PAGE_SIZE)
    quotas = [_quota(account, region, key) for key in QUOTAS]
    try:
        shown, token = page(quotas, parameters.get("NextToken"), min(asked, account.page_size or asked), "quotas")
    except BadTokenError as error:
        raise SimulatedError("InvalidPaginationTokenException", "The token is not valid.") from error
    return {"Quotas": shown} | ({"NextToken": token} if token else {})


def _quota(account: SimulatedAccount, region: str, key: str) -> dict[str, Any]:
    code = f"L-{list(QUOTAS).index(key):08X}"
    return {
        "ServiceCode": SERVICE,
        "ServiceName": "Amazon Redshift Serverless",
        "QuotaArn": account.arn("servicequotas", region, f"{SERVICE}/{code}"),
        "QuotaCode": code,
        "QuotaName": QUOTAS[key],
        "Value": float(account.settings.get(f"quota.{key}", DEFAULT)),
        "Unit": "None",
        "Adjustable": True,
        "GlobalQuota": False,
    }
