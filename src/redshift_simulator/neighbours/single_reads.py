"""Services of which one read is enough: alarms, keys, secrets, quotas."""

from __future__ import annotations

import uuid
from random import Random
from typing import Any

from redshift_simulator.account import SimulatedAccount
from redshift_simulator.errors import SimulatedError
from redshift_simulator.neighbours.log import LeftToNeighbourError, add_seed_request, was_changed
from redshift_simulator.pages import Paging
from redshift_simulator.registry import Parameters, operation

ALARMS = "alarms"
ALARM_PAGES = Paging("MaxRecords", "NextToken", lambda message: SimulatedError("InvalidNextToken", message), usual=50)
KEYS = "kms_keys"
SECRETS = "secrets"
SERVICE = "redshift-serverless"
QUOTAS = {"namespaces": "Number of namespaces", "workgroups": "Number of workgroups"}
DEFAULT_QUOTA = 25.0
QUOTA_PAGES = Paging(
    "MaxResults", "NextToken", lambda message: SimulatedError("InvalidPaginationTokenException", message)
)


@operation("monitoring", "DescribeAlarms")
def describe_alarms(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    if was_changed(account, "monitoring") or set(parameters) - {"AlarmNames", "AlarmTypes", "MaxRecords", "NextToken"}:
        raise LeftToNeighbourError
    names, kinds = parameters.get("AlarmNames"), parameters.get("AlarmTypes", ["MetricAlarm"])
    alarms = [
        alarm
        for alarm in account.select(region, ALARMS, parameters)
        if (names is None or alarm["AlarmName"] in names) and "MetricAlarm" in kinds
    ]
    return {"CompositeAlarms": [], **ALARM_PAGES.page(account, parameters, "MetricAlarms", alarms)}


def alarm_of(
    account: SimulatedAccount, region: str, name: str, metric: str, *, dimensions: dict[str, str], topic: str
) -> None:
    """An alarm on a metric of Redshift."""
    account.table(region, ALARMS)[name] = {
        "AlarmName": name,
        "AlarmArn": account.arn("cloudwatch", region, f"alarm:{name}"),
        "ActionsEnabled": True,
        "AlarmActions": [topic],
        "StateValue": "OK",
        "Namespace": "AWS/Redshift",
        "MetricName": metric,
        "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions.items()],
        "Statistic": "Average",
        "Period": 300,
        "EvaluationPeriods": 3,
        "Threshold": 85.0,
        "ComparisonOperator": "GreaterThanThreshold",
    }


@operation("kms", "DescribeKey")
def describe_key(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    key = account.table(region, KEYS).get(parameters["KeyId"].rpartition("/")[2])
    if key is None or was_changed(account, "kms"):
        raise LeftToNeighbourError
    return {"KeyMetadata": dict(key)}


def kms_key(account: SimulatedAccount, region: str, description: str, *, enabled: bool = True) -> str:
    """A symmetric customer managed key, here and in moto; returns its ARN."""
    add_seed_request(account, "kms", "CreateKey", region, description, Description=description)
    # The id is the first random number that moto draws after the seed; a test looks each key up by this ARN.
    identifier = str(uuid.UUID(int=Random(description).getrandbits(128), version=4))
    if not enabled:
        add_seed_request(account, "kms", "DisableKey", region, f"{description}, disabled", KeyId=identifier)
    arn = account.arn("kms", region, f"key/{identifier}")
    account.table(region, KEYS)[identifier] = {
        "AWSAccountId": account.account_id,
        "KeyId": identifier,
        "Arn": arn,
        "CreationDate": 1_700_000_000.0,
        "Enabled": enabled,
        "Description": description,
        "KeyUsage": "ENCRYPT_DECRYPT",
        "KeyState": "Enabled" if enabled else "Disabled",
        "Origin": "AWS_KMS",
        "KeyManager": "CUSTOMER",
        "CustomerMasterKeySpec": "SYMMETRIC_DEFAULT",
        "KeySpec": "SYMMETRIC_DEFAULT",
        "EncryptionAlgorithms": ["SYMMETRIC_DEFAULT"],
        "MultiRegion": False,
    }
    return arn


@operation("secretsmanager", "DescribeSecret")
def describe_secret(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    wanted = parameters["SecretId"]
    for secret in account.table(region, SECRETS).values():
        if wanted in (secret["ARN"], secret["Name"]):
            return dict(secret)
    raise LeftToNeighbourError


def secret_of(account: SimulatedAccount, region: str, name: str, *, tags: dict[str, str] | None = None) -> str:
    """A secret; returns its ARN."""
    arn = account.arn("secretsmanager", region, f"secret:{name}-Ab1Cd2")
    account.table(region, SECRETS)[name] = {
        "ARN": arn,
        "Name": name,
        "Description": "",
        "CreatedDate": 1_700_000_000.0,
        "Tags": [{"Key": key, "Value": value} for key, value in (tags or {}).items()],
    }
    return arn


@operation("servicequotas", "ListServiceQuotas")
def list_service_quotas(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    if parameters["ServiceCode"] != SERVICE:
        raise SimulatedError("NoSuchResourceException", f"The service {parameters['ServiceCode']} has no quotas.")
    return QUOTA_PAGES.page(account, parameters, "Quotas", [_quota(account, region, key) for key in QUOTAS])


def _quota(account: SimulatedAccount, region: str, key: str) -> dict[str, Any]:
    code = f"L-{list(QUOTAS).index(key):08X}"
    return {
        "ServiceCode": SERVICE,
        "ServiceName": "Amazon Redshift Serverless",
        "QuotaArn": account.arn("servicequotas", region, f"{SERVICE}/{code}"),
        "QuotaCode": code,
        "QuotaName": QUOTAS[key],
        "Value": float(account.settings.get(f"quota.{key}", DEFAULT_QUOTA)),
        "Unit": "None",
        "Adjustable": True,
        "GlobalQuota": False,
    }
