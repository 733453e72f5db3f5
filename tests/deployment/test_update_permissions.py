"""The policies of a deployment that stands are compared with the template, shown, and never widened silently."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from redshift_simulator import SimulatedAws
from scripts.check_template import translate
from scripts.utils import update_permissions
from scripts.utils.template_policies import MANAGED
from tests.deployment.policies import REGION, TEMPLATE

STACK = "redshift-migrate"
PARAMETERS = {
    "Regions": f"{REGION},us-west-2",
    "AllowCutOver": "true",
    "AllowExisting": "true",
    "AllowFleet": "true",
    "AllowData": "true",
    "AllowDecommission": "true",
    "RolePattern": "*",
}
Session = Any


@pytest.fixture
def session(aws: SimulatedAws, aws_env: dict[str, str]) -> Session:
    """An account with a deployment of the template's policies; the rest of it is no matter here."""
    import boto3

    assert aws
    assert aws_env
    made = boto3.Session(region_name=REGION)
    template = translate(TEMPLATE)
    policies = {name: template["Resources"][name] for name in MANAGED if name != "InvokePolicy"}
    body = {"Parameters": template["Parameters"], "Conditions": template["Conditions"], "Resources": policies}
    made.client("cloudformation").create_stack(
        StackName=STACK,
        TemplateBody=json.dumps(body),
        Capabilities=["CAPABILITY_IAM"],
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in PARAMETERS.items()],
    )
    return made


def run(*arguments: str) -> int:
    """The script."""
    return update_permissions.main(["--stack", STACK, "--region", REGION, *arguments])


def changed_template(folder: Path, change: Any, policy: str = "ReadPolicy") -> Path:
    """The template with that policy changed."""
    from samtranslator.yaml_helper import yaml_parse

    template = yaml_parse(TEMPLATE.read_text())
    change(template["Resources"][policy]["Properties"]["PolicyDocument"]["Statement"])
    path = folder / "template.yaml"
    path.write_text(yaml.safe_dump(template))
    return path


def test_a_fresh_deployment_differs_in_nothing(session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    assert run() == 0
    assert "are what the template says" in capsys.readouterr().out


def test_less_is_shown_and_applied(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = "redshift:DescribeLoggingStatus"
    path = changed_template(tmp_path, lambda statements: statements[0]["Action"].remove(gone))
    (found,) = [each for each in update_permissions.differences(session, STACK, path) if each.removed or each.added]
    assert not found.widens
    assert any("DescribeLoggingStatus" in line and line.startswith("  -") for line in found.lines())

    update_permissions.apply(session.client("iam"), found)

    assert not any(each.removed or each.added for each in update_permissions.differences(session, STACK, path))
    assert run() == 1
    told = capsys.readouterr().out
    assert "WIDENED" in told
    assert "+ Allow redshift:DescribeLoggingStatus" in told


def test_more_is_refused_unless_it_is_meant(session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    iam = session.client("iam")
    (found,) = [each for each in update_permissions.differences(session, STACK) if each.name == "ReadPolicy"]
    narrowed = {**found.wanted, "Statement": [each for each in found.wanted["Statement"] if each["Sid"] != "ReadKeys"]}
    iam.create_policy_version(PolicyArn=found.arn, PolicyDocument=json.dumps(narrowed), SetAsDefault=True)

    assert run("--apply") == 2
    assert "Refused" in capsys.readouterr().out
    assert run() == 1
    assert run("--apply", "--allow-widening") == 0
    assert run() == 0


def test_a_dropped_denial_is_a_widening(session: Session, tmp_path: Path) -> None:
    path = changed_template(
        tmp_path, lambda statements: statements[0]["Action"].remove("redshift:DeleteCluster"), "NeverDeletePolicy"
    )

    (found,) = [each for each in update_permissions.differences(session, STACK, path) if each.removed]
    assert found.widens
