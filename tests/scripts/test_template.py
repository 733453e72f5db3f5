"""Every kind of mistake a template can hold is caught by some stage of the check.

Which stage catches which mistake was found by trying: no single one catches all, which is why there are several.
The stages of aws-sam-cli take part only where its environment (.venv-sam) was set up, as ./scripts/test does before
the tests: it is 340 MB of its own, and every mistake here is caught without it too. They take seconds a run, so they
are asked about the sound template and about one mistake each.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping, Set
from pathlib import Path
from typing import Any

import pytest
import yaml
from samtranslator.yaml_helper import yaml_parse

from scripts.check_template import Complaints, stages

ROOT = Path(__file__).parents[2]
TEMPLATE = ROOT / "template.yaml"
SAM_PYTHON = ROOT / ".venv-sam" / "bin" / "python"
HAS_SAM = (ROOT / ".venv-sam" / "installed.lock").is_file()

Template = dict[str, Any]
Mistake = Callable[[Template], None]

CFN_LINT, TRANSLATED, SAM, SAM_LINT = (
    "cfn-lint",
    "translate + cfn-lint",
    "sam validate",
    "sam validate --lint",
)

SOUND_RESOURCES: Mapping[str, Any] = {
    "Workgroup": {
        "Type": "AWS::RedshiftServerless::Workgroup",
        "Properties": {"WorkgroupName": "some-workgroup", "BaseCapacity": 32},
    },
    "Runtime": {
        "Type": "AWS::BedrockAgentCore::Runtime",
        "Properties": {
            "AgentRuntimeName": "agent",
            "AgentRuntimeArtifact": {
                "ContainerConfiguration": {"ContainerUri": "111122223333.dkr.ecr.us-east-1.amazonaws.com/agent:1"}
            },
            "NetworkConfiguration": {"NetworkMode": "PUBLIC"},
            "RoleArn": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/agent"},
        },
    },
    "SomeFunction": {
        "Type": "AWS::Serverless::Function",
        "Properties": {
            "CodeUri": "src/",
            "Handler": "app.handler",
            "Runtime": "python3.13",
            "Timeout": 900,
            "FunctionUrlConfig": {"AuthType": "AWS_IAM", "InvokeMode": "RESPONSE_STREAM"},
            "Policies": [{"Statement": [{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}]}],
        },
    },
}


def put(resource: str, *path: str | int, value: object) -> Mistake:
    """A mistake that writes one property of one resource."""

    def inject(template: Template) -> None:
        place = template["Resources"][resource]["Properties"]
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value

    return inject


def rename(resource: str, *path: str | int, to: str) -> Mistake:
    """A mistake that misspells one key of one resource."""

    def inject(template: Template) -> None:
        place = template["Resources"][resource]["Properties"]
        for key in path[:-1]:
            place = place[key]
        place[to] = place.pop(path[-1])

    return inject


def statement(policy: str, key: str, value: object) -> Mistake:
    """A mistake in the first statement of one of the template's own policies."""
    return put(policy, "PolicyDocument", "Statement", 0, key, value=value)


FUNCTION_ACTION = ("Policies", 0, "Statement", 0, "Action")

# The mistake, and the stages that must catch it.
MISTAKES: dict[str, tuple[Mistake, set[str]]] = {
    "misspelt property": (
        rename("Workgroup", "BaseCapacity", to="BaseCapacityRpu"),
        {CFN_LINT, TRANSLATED, SAM_LINT},
    ),
    "wrong type": (
        put("Workgroup", "BaseCapacity", value="plenty"),
        {CFN_LINT, TRANSLATED},
    ),
    "AgentCore NetworkMode not in enum": (
        put("Runtime", "NetworkConfiguration", "NetworkMode", value="OPEN"),
        {CFN_LINT, TRANSLATED},
    ),
    "bad Ref": (
        put("Workgroup", "NamespaceName", value={"Ref": "Nowhere"}),
        {CFN_LINT, TRANSLATED},
    ),
    "retired runtime": (
        put("SomeFunction", "Runtime", value="python3.6"),
        {CFN_LINT, TRANSLATED},
    ),
    "timeout 9000": (put("SomeFunction", "Timeout", value=9000), {CFN_LINT, TRANSLATED}),
    "InvokeMode STREAM": (
        put("SomeFunction", "FunctionUrlConfig", "InvokeMode", value="STREAM"),
        {TRANSLATED},
    ),
    "AuthType IAM": (
        put("SomeFunction", "FunctionUrlConfig", "AuthType", value="IAM"),
        {TRANSLATED, SAM},
    ),
    "unknown IAM action of a function": (
        put("SomeFunction", *FUNCTION_ACTION, value="s3:ListBuckket"),
        {TRANSLATED},
    ),
    "unknown IAM prefix of a function": (
        put("SomeFunction", *FUNCTION_ACTION, value="s33:ListBucket"),
        {TRANSLATED},
    ),
    "Resourse in a statement of a function": (
        rename("SomeFunction", "Policies", 0, "Statement", 0, "Resource", to="Resourse"),
        {TRANSLATED},
    ),
    "action that no API has": (
        statement("ReadPolicy", "Action", ["redshift-serverless:GetSnapshotCopyConfiguration"]),
        {TRANSLATED},
    ),
    "ARN that spells out its partition": (
        statement(
            "MigratePolicy",
            "Resource",
            {"Fn::Sub": "arn:aws:redshift-serverless:*:${AWS::AccountId}:namespace/*"},
        ),
        {TRANSLATED},
    ),
}


def with_resources() -> Template:
    """A template of one sound resource of every kind that a mistake is made in: some of our own and some that are not.

    It has no more than that and what it refers to, because every stage takes as long as the template is.
    """
    whole: Template = yaml_parse(TEMPLATE.read_text())
    ours = {name: whole["Resources"][name] for name in ("ReadPolicy", "MigratePolicy")}
    resources = ours | copy.deepcopy(dict(SOUND_RESOURCES))
    conditions = referred_to(whole["Conditions"], resources)
    parameters = referred_to(whole["Parameters"], [resources, conditions])
    return {
        "AWSTemplateFormatVersion": whole["AWSTemplateFormatVersion"],
        "Transform": whole["Transform"],
        "Parameters": parameters,
        **({"Conditions": conditions} if conditions else {}),
        "Resources": resources,
    }


def referred_to(section: Template, by: object) -> Template:
    """Those parts of a section whose names are anywhere in what refers to them."""
    text = json.dumps(by)
    return {name: part for name, part in section.items() if name in text}


def write(template: Template, folder: Path) -> Path:
    path = folder / "template.yaml"
    path.write_text(yaml.safe_dump(template, sort_keys=False))
    return path


def findings(path: Path, sam_stages: Set[str] = frozenset()) -> dict[str, Complaints]:
    """What every stage says; of aws-sam-cli's own only those named, where it is installed."""
    wanted = {CFN_LINT, TRANSLATED} | sam_stages
    runnable = stages(path, SAM_PYTHON if HAS_SAM else None)
    return {name: stage() for name, stage in runnable.items() if name in wanted}


def test_the_template_is_clean() -> None:
    assert {name: found for name, found in findings(TEMPLATE).items() if found} == {}


def test_sound_resources_are_clean_in_every_stage(tmp_path: Path) -> None:
    """The control: without it, a mistake could be "caught" by a complaint about something else."""
    found = findings(write(with_resources(), tmp_path), {SAM, SAM_LINT})

    assert {name: complaints for name, complaints in found.items() if complaints} == {}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_caught_by_the_stages_that_can(name: str, tmp_path: Path) -> None:
    inject, expected = MISTAKES[name]
    template = with_resources()
    inject(template)

    found = findings(write(template, tmp_path), expected & {SAM, SAM_LINT})

    caught = {stage for stage, complaints in found.items() if complaints}
    assert caught >= expected & set(found), found
