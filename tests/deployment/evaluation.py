"""What IAM would be asked for a call, and what it would answer; the answers come from a subprocess of Node."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from redshift_migrate.models.plan import Call
from redshift_migrate.permissions import OPERATIONS, Grant
from scripts.utils.template_policies import Document
from tests.deployment.policies import ACCOUNT, ROOT
from tests.support.patience import PATIENCE_S

EVALUATOR = ROOT / "scripts" / "utils" / "iam" / "evaluate.mjs"
SOME_ID = "0a1b2c3d-0000-4000-8000-00000000000f"
RUN_TAG = "redshift-migrate:run"

Policies = Mapping[str, Document]


@dataclass(frozen=True)
class Asked:
    """One authorisation request."""

    action: str
    resource: str
    context: tuple[tuple[str, str | tuple[str, ...]], ...] = ()
    why: str = field(default="", compare=False)

    def as_json(self) -> dict[str, Any]:
        """For the evaluator."""
        context = {key: list(value) if isinstance(value, tuple) else value for key, value in self.context}
        return {"action": self.action, "resource": self.resource, "context": context}


def is_installed() -> bool:
    """Whether there is something to ask."""
    return shutil.which("node") is not None and (EVALUATOR.parent / "node_modules" / ".installed.json").is_file()


def decisions(jobs: Iterable[tuple[Policies, list[Asked]]]) -> list[list[str]]:
    """`allowed`, `denied`, or why it is no request, for every request of every job."""
    document = [{"policies": dict(policies), "requests": [one.as_json() for one in asked]} for policies, asked in jobs]
    run = subprocess.run(
        ["node", str(EVALUATOR)],
        input=json.dumps(document),
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=True,
        env={"PATH": os.environ["PATH"]},
    )
    answers: list[list[str]] = json.loads(run.stdout)
    return answers


def requests_of(call: Call) -> list[Asked]:
    """Every request that the call stands for: its own, and those that it implies."""
    asked: list[Asked] = []
    for grant in OPERATIONS[call.name].grants:
        if grant.when and not call.parameters.get(grant.when):
            continue
        for resource in _resources(grant, call):
            asked += [Asked(grant.action, resource, context, call.name) for context in _contexts(grant, call)]
    return asked


NAMED_BY = {
    "iam:GetPolicy": "PolicyArn",
    "iam:GetPolicyVersion": "PolicyArn",
    "iam:SimulatePrincipalPolicy": "PolicySourceArn",
}
"""Calls that name the ARN they are about; the table does not narrow these down."""
UNDOCUMENTED = {"redshift-serverless:RestoreFromSnapshot"}
"""IAM documents one kind of ARN; which is compared for a cluster's snapshot is not known, so that others are allowed
beside it. They cannot be evaluated."""


def _resources(grant: Grant, call: Call) -> list[str]:
    """Real ARNs: the table's template with the call's values, and some id where the account would have one."""
    if grant.action in NAMED_BY:
        return [str(call.parameters[NAMED_BY[grant.action]])]
    if grant.action in UNDOCUMENTED and ":snapshot/" not in grant.resource:
        return []
    member = re.fullmatch(r"\{(\w+)\}", grant.resource)
    values = call.parameters.get(member[1]) if member else None
    if member:
        listed = values if isinstance(values, list) else [values]
        return [_arn(str(value), grant.action, call.region) for value in listed if value]
    places = {"partition": "aws", "region": call.region, "account": ACCOUNT}

    def filled(slot: re.Match[str]) -> str:
        value = places.get(slot[1]) or call.parameters.get(slot[1])
        return str(value) if value else {"GroupName": "default"}.get(slot[1], SOME_ID)

    text = re.sub(r"\{(\w+)\}", filled, grant.resource)
    return [text if text == "*" else text.replace("*", SOME_ID)]


def _arn(value: str, action: str, region: str) -> str:
    if action.startswith("redshift:") and ":redshift-serverless:" in value:
        # The one kind of ARN that IAM documents for these actions; that of serverless is allowed beside it.
        return value.replace(":redshift-serverless:", ":redshift:").replace(":namespace/", ":namespace:")
    if value.startswith("arn:"):
        return value
    assert action.startswith("kms:"), f"{value} is no ARN for {action}"
    return f"arn:aws:kms:{region}:{ACCOUNT}:key/{value}"


def _contexts(grant: Grant, call: Call) -> list[tuple[tuple[str, str | tuple[str, ...]], ...]]:
    """What AWS would tell about the request; several where the table does not know which of two it is."""
    service = grant.action.partition(":")[0]
    context: dict[str, str | tuple[str, ...]] = {}
    if service not in ("iam", "sts"):
        context["aws:RequestedRegion"] = call.region
    if grant.action == "iam:ListAccountAliases":  # IAM is asked in one region, wherever the caller works
        context["aws:RequestedRegion"] = "us-east-1"
    if service == "kms" and call.service != "kms":
        context["kms:ViaService"] = f"{call.service}.{call.region}.amazonaws.com"
        if grant.action == "kms:CreateGrant":
            context["kms:GrantIsForAWSResource"] = "true"
    tags = call.parameters.get("tags") or call.parameters.get("Tags")
    if isinstance(tags, list) and service.startswith("redshift"):
        named = {str(tag.get("key") or tag.get("Key")): str(tag.get("value") or tag.get("Value")) for tag in tags}  # type: ignore[union-attr]
        context |= {f"aws:RequestTag/{key}": value for key, value in named.items()}
        context["aws:TagKeys"] = tuple(named)
    if call.operation in ("DeleteWorkgroup", "UpdateNamespace", "UpdateWorkgroup"):
        context[f"aws:ResourceTag/{RUN_TAG}"] = "run-1"
    alternatives = [{key: value} for _, key, value in grant.condition] or [{}]
    return [tuple(sorted({**context, **one}.items())) for one in alternatives]
