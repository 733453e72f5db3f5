"""Put the deployment template through every checker that works without an account: each sees what others miss.

    check_template.py [--sam-python PYTHON] [TEMPLATE ...]

cfn-lint on the source sees wrong properties and references; the SAM translator sees what only it interprets; cfn-lint
on the translated template sees wrong enum values and unknown IAM actions. Whatever any of them says counts, warnings
included: that an IAM action does not exist is a mere warning there (W3037).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml
from samtranslator.model.exceptions import InvalidDocumentException
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

REGION = "us-east-1"
PARTITION_CHECK = "I3042"
"""Off by default in cfn-lint: an ARN that spells out its partition, region or account."""
PACKAGED_URI = "s3://packaged-by-sam/artifact.zip"
ARTIFACTS = {"AWS::Serverless::Function": "CodeUri", "AWS::Serverless::LayerVersion": "ContentUri"}

Complaints = list[str]


def lint(template: Path) -> Complaints:
    """What cfn-lint says, warnings included."""
    from cfnlint.api import lint_file  # takes a second, and who only wants the policies does not lint

    matches = lint_file(template, {"regions": [REGION], "include_checks": [PARTITION_CHECK]})
    return [f"{match.rule.id} line {match.linenumber}: {match.message}" for match in matches]


def translate(template: Path) -> dict[str, Any]:
    """The plain CloudFormation that SAM makes of a template. InvalidDocumentException: it cannot."""
    os.environ.setdefault("AWS_DEFAULT_REGION", REGION)
    translator = Translator(managed_policy_map={}, sam_parser=Parser())
    translated: dict[str, Any] = translator.translate(_as_packaged(yaml_parse(template.read_text())), {})
    return translated


def lint_translated(template: Path) -> Complaints:
    """What the SAM translator says, or cfn-lint of its result."""
    try:
        translated = translate(template)
    except InvalidDocumentException as refused:
        return [f"the SAM translator: {cause.message}" for cause in refused.causes]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "translated.json")
        path.write_text(json.dumps(translated, indent=1))
        return lint(path)


def sam_validate(python: Path, template: Path, *options: str) -> Complaints:
    """What `sam validate` says; it asks no account, but will not start without credentials and a region."""
    with tempfile.TemporaryDirectory() as folder:
        credentials = {"AWS_ACCESS_KEY_ID": "unused", "AWS_SECRET_ACCESS_KEY": "unused"}
        own_files = {"__SAM_CLI_APP_DIR": folder, "SAM_CLI_TELEMETRY": "0"}  # and not in the user's home
        run = subprocess.run(
            [python, "-P", "-m", "samcli", "validate", "--template", template, "--region", REGION, *options],
            env={**_without_python_path(os.environ), **credentials, **own_files},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    return [] if run.returncode == 0 else [*run.stdout.splitlines(), *run.stderr.splitlines()]


def stages(template: Path, sam_python: Path | None) -> Mapping[str, Callable[[], Complaints]]:
    """Every check of one template, by name; the last two only with an interpreter that has aws-sam-cli."""
    own: dict[str, Callable[[], Complaints]] = {
        "cfn-lint": lambda: lint(template),
        "translate + cfn-lint": lambda: lint_translated(template),
    }
    if sam_python is None:
        return own
    return own | {
        "sam validate": lambda: sam_validate(sam_python, template),
        "sam validate --lint": lambda: sam_validate(sam_python, template, "--lint"),
    }


def check(template: Path, sam_python: Path | None = None) -> bool:
    """Run all stages, say what each found, and tell whether none found anything."""
    clean = True
    for name, stage in stages(template, sam_python).items():
        started = time.monotonic()
        complaints = _run(stage)
        verdict = "FAILED" if complaints else "ok"
        print(f"{template.name}: {name}: {verdict}, {time.monotonic() - started:.1f} s")
        for complaint in complaints:
            print(f"    {complaint}")
        clean = clean and not complaints
    return clean


def _run(stage: Callable[[], Complaints]) -> Complaints:
    try:
        return stage()
    except yaml.YAMLError as broken:
        return [f"not YAML: {broken}"]


def _as_packaged(template: dict[str, Any]) -> dict[str, Any]:
    """The template with local code paths replaced by what `sam package` would put there."""
    resources = template.get("Resources", {})
    for resource in resources.values():
        uri = ARTIFACTS.get(resource.get("Type", ""))
        if uri and isinstance(resource.get("Properties", {}).get(uri), str):
            resource["Properties"][uri] = PACKAGED_URI
    return template


def _without_python_path(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name != "PYTHONPATH"}


def main(arguments: Iterable[str] | None = None) -> int:
    """Exit 0 when every stage of every template is clean, 1 otherwise."""
    parser = argparse.ArgumentParser(description="Check the deployment template without an account.")
    parser.add_argument("--sam-python", type=Path, help="a Python that has aws-sam-cli")
    parser.add_argument("template", type=Path, nargs="*", default=[Path("template.yaml")])
    options = parser.parse_args(None if arguments is None else list(arguments))
    verdicts = [check(template, options.sam_python) for template in options.template]
    return 0 if all(verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
