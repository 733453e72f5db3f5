"""The template's policies for one deployment that the tests make up."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scripts.utils.template_policies import Document, TemplatePolicies

ROOT = Path(__file__).parents[2]
TEMPLATE = ROOT / "template.yaml"
ACCOUNT, REGION = "123456789012", "us-east-2"
PARAMETERS: Mapping[str, Any] = {
    "AWS::Partition": "aws",
    "AWS::AccountId": ACCOUNT,
    "AWS::Region": REGION,
    "AWS::URLSuffix": "amazonaws.com",
    "Regions": [REGION, "us-west-2", "eu-west-1"],
    "ClusterPattern": "*",
    "RolePattern": "*",
    "SchedulePattern": "*",
    "ModelId": "global.anthropic.claude-sonnet-4-6",
    "FoundationModelPattern": "anthropic.claude-sonnet-4-6*",
}
ARNS = {
    "StateTable": f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/agent-StateTable-1",
    "SessionBucket": "arn:aws:s3:::agent-sessionbucket-1",
    "EndpointLogs": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:agent-EndpointLogs-1",
    "ApproverLogs": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:agent-ApproverLogs-1",
    "FailedOrders": f"arn:aws:sqs:{REGION}:{ACCOUNT}:agent-FailedOrders-1",
    "ApproverFunction": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:agent-ApproverFunction-1",
    "WorkerLogs": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:agent-WorkerLogs-1",
    "EndpointFunction": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:agent-EndpointFunction-1",
    "WorkerFunction": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:agent-WorkerFunction-1",
    "WorkerFunctionAliaslive": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:agent-WorkerFunction-1:live",
}


@functools.cache
def _template() -> TemplatePolicies:
    return TemplatePolicies(TEMPLATE, PARAMETERS, ARNS)


def policy(name: str, **parameters: Any) -> Document:
    """A policy's document."""
    return _template().policy(name, **parameters)


def role_policies(role: str, **allowed: bool) -> dict[str, Document]:
    """Everything that a role of the deployment is allowed, by the name of the policy; `cut_over=True` and the like."""
    switched = (f"Allow{name.title().replace('_', '')}" for name, is_on in allowed.items() if is_on)
    return _template().role_policies(role, *switched)


def actions(document: Document, effect: str = "Allow") -> set[str]:
    """The actions of a policy, spelled out; none may hide behind a `*`."""
    chosen = [one["Action"] for one in document["Statement"] if one["Effect"] == effect]
    found = {action for one in chosen for action in ([one] if isinstance(one, str) else one)}
    assert not any("*" in action for action in found)
    return found
