"""The template's policies as IAM would see them: translated, and every reference resolved for one deployment."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scripts.check_template import translate

ROOT = Path(__file__).parents[2]
TEMPLATE = ROOT / "template.yaml"
ACCOUNT, REGION = "123456789012", "us-east-2"
REGIONS = [REGION, "us-west-2"]
PARAMETERS: Mapping[str, Any] = {
    "AWS::Partition": "aws",
    "AWS::AccountId": ACCOUNT,
    "AWS::Region": REGION,
    "AWS::URLSuffix": "amazonaws.com",
    "Regions": REGIONS,
    "ClusterPattern": "*",
    "RolePattern": "*",
    "ModelId": "global.anthropic.claude-sonnet-4-6",
    "FoundationModelPattern": "anthropic.claude-sonnet-4-6*",
}
ARNS = {
    "StateTable": f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/agent-StateTable-1",
    "SessionBucket": "arn:aws:s3:::agent-sessionbucket-1",
    "EndpointLogs": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:agent-EndpointLogs-1",
    "WorkerLogs": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:agent-WorkerLogs-1",
    "EndpointFunction": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:agent-EndpointFunction-1",
    "WorkerFunction": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:agent-WorkerFunction-1",
    "WorkerFunctionAliaslive": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:agent-WorkerFunction-1:live",
}
Document = dict[str, Any]


@functools.cache
def _resources() -> dict[str, Any]:
    resources: dict[str, Any] = translate(TEMPLATE)["Resources"]
    return resources


def policy(name: str, **parameters: Any) -> Document:
    """A managed policy's document."""
    document: Document = resolved(_resources()[name]["Properties"]["PolicyDocument"], {**PARAMETERS, **parameters})
    return document


def role_policies(role: str, *, cut_over: bool = False) -> dict[str, Document]:
    """Everything that a role of the deployment is allowed, by the name of the policy."""
    properties = _resources()[role]["Properties"]
    names = [reference_of(each) for each in properties["ManagedPolicyArns"]]
    documents = {name: policy(name) for name in names if name and (cut_over or name != "CutOverPolicy")}
    documents |= {each["PolicyName"]: resolved(each["PolicyDocument"], PARAMETERS) for each in properties["Policies"]}
    for name, resource in _resources().items():
        attached = resource["Properties"].get("Roles", []) if resource["Type"] == "AWS::IAM::Policy" else []
        if {"Ref": role} in attached:
            documents[name] = policy(name)
    return documents


def reference_of(value: Any) -> str:
    """The resource that `Ref`, or the first branch of an `If`, names."""
    return str(value["Fn::If"][1]["Ref"] if "Fn::If" in value else value["Ref"])


def resolved(value: Any, parameters: Mapping[str, Any]) -> Any:
    """The value without intrinsic functions. KeyError for what this deployment does not know."""
    if isinstance(value, list):
        return [resolved(item, parameters) for item in value]
    if not isinstance(value, dict):
        return value
    if "Ref" in value:
        return parameters[value["Ref"]] if value["Ref"] in parameters else ARNS[value["Ref"]]
    if "Fn::GetAtt" in value:
        assert value["Fn::GetAtt"][1] == "Arn"
        return ARNS[value["Fn::GetAtt"][0]]
    if "Fn::Sub" in value:
        return re.sub(r"\$\{([^}]+)\}", lambda found: _named(found[1], parameters), value["Fn::Sub"])
    return {key: resolved(item, parameters) for key, item in value.items()}


def _named(name: str, parameters: Mapping[str, Any]) -> str:
    if name.endswith(".Arn"):
        return ARNS[name.removesuffix(".Arn")]
    return str(parameters[name])


def actions(document: Document, effect: str = "Allow") -> set[str]:
    """The actions of a policy, spelled out; none may hide behind a `*`."""
    chosen = [one["Action"] for one in document["Statement"] if one["Effect"] == effect]
    found = {action for one in chosen for action in ([one] if isinstance(one, str) else one)}
    assert not any("*" in action for action in found)
    return found
