"""Targets of rules: what is done when they fire."""

from __future__ import annotations

import re
from typing import Any

from redshift_simulator.account import SimulatedAccount
from redshift_simulator.errors import SimulatedError
from redshift_simulator.events.listing import listed, validation
from redshift_simulator.events.rules import TARGETS, changeable_rule, find_rule, rules_on
from redshift_simulator.registry import Parameters, operation
from redshift_simulator.transitions import Resource

MOST_TARGETS = 5
CLUSTER = re.compile(r"arn:[^:]+:redshift:[^:]+:\d{12}:cluster:\S+")
WORKGROUP = re.compile(r"arn:[^:]+:redshift-serverless:[^:]+:\d{12}:workgroup/\S+")


@operation("events", "PutTargets")
def put_targets(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    rule = changeable_rule(account, region, parameters, parameters["Rule"])
    for target in parameters["Targets"]:
        _check(target)
    kept = {target["Id"]: target for target in rule[TARGETS]}
    kept |= {target["Id"]: target for target in parameters["Targets"]}
    if len(kept) > MOST_TARGETS:
        raise SimulatedError("LimitExceededException", "The requested resource exceeds the maximum number allowed.")
    rule[TARGETS] = list(kept.values())
    return {"FailedEntryCount": 0, "FailedEntries": []}


@operation("events", "RemoveTargets")
def remove_targets(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    rule = changeable_rule(account, region, parameters, parameters["Rule"])
    known = {target["Id"] for target in rule[TARGETS]}
    failed = [
        {"TargetId": each, "ErrorCode": "ResourceNotFoundException", "ErrorMessage": f"No target {each}."}
        for each in parameters["Ids"]
        if each not in known
    ]
    rule[TARGETS] = [target for target in rule[TARGETS] if target["Id"] not in parameters["Ids"]]
    return {"FailedEntryCount": len(failed), "FailedEntries": failed}


@operation("events", "ListTargetsByRule")
def list_targets_by_rule(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    rule = find_rule(account, region, parameters, parameters["Rule"])
    return listed(account, parameters, "Targets", rule[TARGETS])


@operation("events", "ListRuleNamesByTarget")
def list_rule_names_by_target(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    arn = parameters["TargetArn"]
    rules = [rule for rule in rules_on(account, region, parameters) if _has(rule, arn)]
    return listed(account, parameters, "RuleNames", [rule["Name"] for rule in rules])


def _has(rule: Resource, arn: str) -> bool:
    return any(target["Arn"] == arn for target in rule[TARGETS])


def _check(target: dict[str, Any]) -> None:
    arn, query = target["Arn"], target.get("RedshiftDataParameters")
    is_redshift = bool(CLUSTER.fullmatch(arn) or WORKGROUP.fullmatch(arn))
    if not is_redshift:
        if query is not None:
            raise validation(f"RedshiftDataParameters is not supported for target {arn}.")
        return
    if query is None or "RoleArn" not in target:
        raise validation(f"Parameters RoleArn and RedshiftDataParameters are required for target {arn}.")
    if ("Sql" in query) == ("Sqls" in query):
        raise validation("Exactly one of Sql and Sqls must be given.")
    # Whether AWS refuses a database user for a workgroup, or runs the statement without it, is not documented.
    if "DbUser" in query and WORKGROUP.fullmatch(arn):
        raise validation("DbUser is not supported for a serverless workgroup.")
