"""Bring the policies of an existing deployment to what template.yaml says, without deploying anything else.

    update_all_permissions.sh [--stack NAME] [--region R] [--profile P] [--apply [--allow-widening]]

Without --apply nothing is changed: the difference is shown, policy by policy, as what would be added and taken away.
What is added widens a policy, and is refused unless --allow-widening says that it was read.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

from scripts.utils.template_policies import MANAGED, Document, TemplatePolicies, grants

TEMPLATE = Path(__file__).parents[2] / "template.yaml"
MOST_VERSIONS = 5
SAME, DIFFERENT, REFUSED = 0, 1, 2


@dataclass(frozen=True)
class Difference:
    """One policy: what it is, what it should be."""

    name: str
    arn: str
    wanted: Document
    added: tuple[tuple[str, str, str, str], ...]
    removed: tuple[tuple[str, str, str, str], ...]

    @property
    def widens(self) -> bool:
        """More is allowed, or less is denied."""
        return any(each[0] == "Allow" for each in self.added) or any(each[0] == "Deny" for each in self.removed)

    def lines(self) -> list[str]:
        """For a person, what is added first."""
        return [f"  {sign} {_told(each)}" for sign, some in (("+", self.added), ("-", self.removed)) for each in some]


def differences(session: Any, stack: str, template: Path = TEMPLATE) -> list[Difference]:
    """What differs, for every policy that the stack has."""
    cloudformation, iam = session.client("cloudformation"), session.client("iam")
    described = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    resources = cloudformation.describe_stack_resources(StackName=stack)["StackResources"]
    physical = {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in resources}
    _, partition, _, region, account, *_ = described["StackId"].split(":")
    parameters = _parameters(described, partition, region, account)
    policies = TemplatePolicies(template, parameters, _arns(physical, partition, region, account))
    found = []
    for name in (name for name in MANAGED if name in physical):
        wanted, present = policies.policy(name), _present(iam, physical[name])
        before, after = grants(present), grants(wanted)
        found.append(
            Difference(name, physical[name], wanted, tuple(sorted(after - before)), tuple(sorted(before - after)))
        )
    return found


def apply(iam: Any, difference: Difference) -> None:
    """Make the wanted document the policy's default version; the oldest other one makes room if it must."""
    versions = iam.list_policy_versions(PolicyArn=difference.arn)["Versions"]
    if len(versions) >= MOST_VERSIONS:
        oldest = min((each for each in versions if not each["IsDefaultVersion"]), key=lambda each: each["CreateDate"])
        iam.delete_policy_version(PolicyArn=difference.arn, VersionId=oldest["VersionId"])
    iam.create_policy_version(PolicyArn=difference.arn, PolicyDocument=json.dumps(difference.wanted), SetAsDefault=True)


def main(arguments: Iterable[str] | None = None) -> int:
    """Exit 0 when nothing differs or all was brought in line, 1 when something differs, 2 when it was refused."""
    parser = argparse.ArgumentParser(description="Bring the policies of a deployment to what template.yaml says.")
    parser.add_argument("--stack", default="redshift-migrate")
    parser.add_argument("--region")
    parser.add_argument("--profile")
    parser.add_argument("--apply", action="store_true", help="change the policies; without it they are only compared")
    parser.add_argument("--allow-widening", action="store_true", help="even where more would be allowed than now")
    options = parser.parse_args(None if arguments is None else list(arguments))
    session = boto3.Session(profile_name=options.profile, region_name=options.region)
    found = [each for each in differences(session, options.stack) if each.added or each.removed]
    for each in found:
        print(f"{each.name} ({each.arn}){', which would be WIDENED' if each.widens else ''}")
        print("\n".join(each.lines()))
    if not found:
        print(f"The policies of {options.stack} are what the template says.")
        return SAME
    if not options.apply:
        print("Nothing was changed. To change it: --apply")
        return DIFFERENT
    if any(each.widens for each in found) and not options.allow_widening:
        print("Refused: more would be allowed than now. Nothing was changed. If that is meant: --allow-widening")
        return REFUSED
    for each in found:
        apply(session.client("iam"), each)
        print(f"{each.name}: changed")
    return SAME


def _parameters(described: Any, partition: str, region: str, account: str) -> dict[str, Any]:
    suffix = "amazonaws.com.cn" if partition == "aws-cn" else "amazonaws.com"
    values: dict[str, Any] = {each["ParameterKey"]: each["ParameterValue"] for each in described["Parameters"]}
    values["Regions"] = re.findall(r"[a-z0-9-]+", values.get("Regions", ""))
    places = {"Partition": partition, "AccountId": account, "Region": region, "URLSuffix": suffix}
    return values | {f"AWS::{name}": value for name, value in places.items()}


def _arns(physical: dict[str, str], partition: str, region: str, account: str) -> dict[str, str]:
    """The ARNs that the managed policies name; CloudFormation gives names for functions."""
    functions = [name for name in physical if name.endswith("Function")]
    start = f"arn:{partition}:lambda:{region}:{account}:function:"
    return {name: f"{start}{physical[name]}" for name in functions}


def _present(iam: Any, arn: str) -> Document:
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    document: Document = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
    return document


def _told(grant: tuple[str, str, str, str]) -> str:
    effect, action, resource, condition = grant
    return f"{effect} {action} on {resource}" + (f" if {condition}" if condition else "")


if __name__ == "__main__":
    sys.exit(main())
