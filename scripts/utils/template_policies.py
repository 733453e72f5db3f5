"""The template's policies as IAM sees them: translated, and every reference resolved for one deployment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scripts.check_template import translate

Document = dict[str, Any]
MANAGED = (
    "ReadPolicy",
    "FleetPolicy",
    "DataPolicy",
    "NeverDeletePolicy",
    "MigratePolicy",
    "UpdateExistingPolicy",
    "CutOverPolicy",
    "InvokePolicy",
)


class TemplatePolicies:
    """One template with the values of one deployment."""

    def __init__(self, template: Path, parameters: Mapping[str, Any], arns: Mapping[str, str]) -> None:
        self._resources: dict[str, Any] = translate(template)["Resources"]
        self._parameters, self._arns = parameters, arns

    def policy(self, name: str, **parameters: Any) -> Document:
        """A policy's document."""
        properties = self._resources[name]["Properties"]
        document: Document = self._resolved(properties["PolicyDocument"], {**self._parameters, **parameters})
        return document

    def role_policies(
        self, role: str, *, cut_over: bool = False, existing: bool = False, fleet: bool = False, data: bool = False
    ) -> dict[str, Document]:
        """Everything that a role of the deployment is allowed, by the name of the policy."""
        left_out = {"CutOverPolicy": not cut_over, "UpdateExistingPolicy": not existing}
        left_out |= {"FleetPolicy": not fleet, "DataPolicy": not data}
        properties = self._resources[role]["Properties"]
        names = [_reference(each) for each in properties["ManagedPolicyArns"]]
        documents = {name: self.policy(name) for name in names if not left_out.get(name)}
        for each in properties["Policies"]:
            documents[each["PolicyName"]] = self._resolved(each["PolicyDocument"], self._parameters)
        for name, resource in self._resources.items():
            if resource["Type"] == "AWS::IAM::Policy" and {"Ref": role} in resource["Properties"]["Roles"]:
                documents[name] = self.policy(name)
        return documents

    def _resolved(self, value: Any, parameters: Mapping[str, Any]) -> Any:
        """The value without intrinsic functions. KeyError for what this deployment does not know."""
        if isinstance(value, list):
            return [self._resolved(item, parameters) for item in value]
        if not isinstance(value, dict):
            return value
        if "Ref" in value:
            return parameters[value["Ref"]] if value["Ref"] in parameters else self._arns[value["Ref"]]
        if "Fn::GetAtt" in value:
            return self._arns[value["Fn::GetAtt"][0]]
        if "Fn::Sub" in value:
            return re.sub(r"\$\{([^}]+)\}", lambda found: self._named(found[1], parameters), value["Fn::Sub"])
        return {key: self._resolved(item, parameters) for key, item in value.items()}

    def _named(self, name: str, parameters: Mapping[str, Any]) -> str:
        return self._arns[name.removesuffix(".Arn")] if name.endswith(".Arn") else str(parameters[name])


def _reference(value: Any) -> str:
    """The resource that `Ref`, or the first branch of an `If`, names."""
    return str(value["Fn::If"][1]["Ref"] if "Fn::If" in value else value["Ref"])


def grants(document: Document) -> set[tuple[str, str, str, str]]:
    """Every single thing that a document says: effect, action, resource, condition."""
    found = set()
    for statement in document["Statement"]:
        condition = spelled(statement.get("Condition", {}))
        for action in listed(statement["Action"]):
            for resource in listed(statement["Resource"]):
                found.add((statement["Effect"], action, resource, condition))
    return found


def listed(value: Any) -> list[str]:
    """One or many, as many."""
    return value if isinstance(value, list) else [value]


def spelled(condition: Mapping[str, Any]) -> str:
    """A condition in a line, the same for equal ones."""
    parts = []
    for operator, keys in sorted(condition.items()):
        for key, values in sorted(keys.items()):
            parts.append(f"{operator} {key} = {' or '.join(sorted(map(str, listed(values))))}")
    return ", ".join(parts)
