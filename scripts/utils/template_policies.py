"""The template's policies as IAM sees them: translated, and every reference resolved for one deployment."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from scripts.check_template import translate

Document = dict[str, Any]
MANAGED = (
    "ReadPolicy",
    "FleetPolicy",
    "DataPolicy",
    "NeverDeletePolicy",
    "NeverDeleteNamespacesPolicy",
    "MigratePolicy",
    "UpdateExistingPolicy",
    "CutOverPolicy",
    "DecommissionPolicy",
    "InvokePolicy",
)


class TemplatePolicies:
    """One template with the values of one deployment."""

    def __init__(self, template: Path, parameters: Mapping[str, Any], arns: Mapping[str, str]) -> None:
        translated = translate(template)
        self._resources: dict[str, Any] = translated["Resources"]
        self._conditions: dict[str, Any] = translated["Conditions"]
        self._parameters, self._arns = parameters, arns

    def policy(self, name: str, **parameters: Any) -> Document:
        """A policy's document."""
        properties = self._resources[name]["Properties"]
        document: Document = self._resolved(properties["PolicyDocument"], {**self._parameters, **parameters})
        return document

    def role_policies(self, role: str, *allowed: str) -> dict[str, Document]:
        """Everything that a role of the deployment is allowed, by the name of the policy.

        `allowed`: the parameters that are switched on, such as `AllowCutOver`.
        """
        conditions = {name for name, condition in self._conditions.items() if _parameter(condition) in allowed}
        properties = self._resources[role]["Properties"]
        names = [_reference(each, conditions) for each in properties["ManagedPolicyArns"]]
        documents = {name: self.policy(name) for name in names if name != NONE}
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


NONE = "AWS::NoValue"


def _reference(value: Any, conditions: Collection[str]) -> str:
    """The resource that is named, under these conditions."""
    if "Fn::If" in value:
        condition, then, otherwise = value["Fn::If"]
        value = then if condition in conditions else otherwise
    return str(value["Ref"])


def _parameter(condition: Any) -> str:
    """The parameter that a condition compares with "true"; empty for a condition of another kind."""
    match condition:
        case {"Fn::Equals": [{"Ref": str(name)}, "true"]}:
            return name
    return ""


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
