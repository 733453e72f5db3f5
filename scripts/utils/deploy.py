"""./deploy: check, say what will be made and what it costs, build, deploy, and name the first command to try."""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from scripts.check_template import stages

ROOT = Path(__file__).parents[2]
TEMPLATE = ROOT / "template.yaml"
BUILT = ROOT / ".aws-sam" / "build"
DEFAULT_MODEL = "global.anthropic.claude-sonnet-4-6"
OK, FAILED, USAGE, NOT_APPROVED = 0, 1, 2, 3

MADE = """\
What is made, as one CloudFormation stack:
  EndpointFunction   the agent behind a Function URL that only signed requests of your account reach (AWS_IAM)
  ApproverFunction   takes approvals, behind a Function URL of its own; it talks to no model
  WorkerFunction     a durable function that carries approved plans out, for as long as they take
  StateTable         DynamoDB, encrypted: plans, approvals, journals, audit log
  SessionBucket      S3, encrypted, not public: conversations, forgotten after 60 days
  FailedOrders       SQS, encrypted: orders that the worker gave up
  ten policies       read, fleet (only with --allow-fleet), data (only with --allow-data), migrate, existing (only with
                     --allow-existing), cut-over (only with --allow-cut-over), decommission (only with
                     --allow-decommission), the right to call, what is never done
  three roles        the endpoint's reads and plans; the approver's may also consent; the worker's does what is approved
  three log groups, and alarms for errors, for what is refused because too much is asked, and for orders given up

What it costs while nobody uses it: nothing runs and nothing is billed by the hour. What is kept is billed by its size:
the table with its backups, the conversations, the logs, and the uploaded code. In use: Lambda's time, Bedrock's tokens,
a few requests of the table and the bucket a turn. What a migration makes in Redshift is billed as Redshift bills it.
"""
NOT_CHECKED = "Not checked, because it takes the account: credentials, model access, quotas, the web adapter's layer."
KEPT = """\
Kept, because it is the record of what was done, or may still be read:
  StateTable      plans, approvals, journals and the audit log
  SessionBucket   conversations; its lifecycle forgets them after 60 days
  the log groups  until their retention ends
Gone: the functions, the URL, the policies, the roles. Runs that are under way are cut off where they are; their
journals tell how far they came. To remove what is kept as well, delete table, bucket and log groups by hand.
Nothing that a migration made in Redshift is touched.
"""


def main(arguments: Iterable[str] | None = None) -> int:
    """Exit 0 when all went well, 1 when something failed, 2 for wrong options, 3 when it was not confirmed."""
    options = _parser().parse_args(None if arguments is None else list(arguments))
    try:
        if options.dry_run:
            return dry_run(options)
        return delete(options) if options.delete else deploy(options)
    except Problem as problem:
        print(f"{problem}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return 130


class Problem(Exception):
    """Why it does not go on, and what to do."""


def dry_run(options: argparse.Namespace) -> int:
    """Everything that can be checked without an account."""
    clean = True
    for name, stage in stages(TEMPLATE, Path(sys.executable)).items():
        complaints = stage()
        print(f"{'ok    ' if not complaints else 'FAILED'} {name}")
        for complaint in complaints:
            print(f"       {complaint}")
        clean = clean and not complaints
    built = _sam("build", options, quiet=True)
    print(f"{'ok    ' if built == 0 else 'FAILED'} sam build")
    size = sum(file.stat().st_size for file in (BUILT / "EndpointFunction").rglob("*") if file.is_file())
    print(f"ok     the function has {size / 1e6:.0f} MB; Lambda takes 250 with its layers")
    print(f"\n{MADE}\n{NOT_CHECKED}")
    print(f"It would be deployed with:\n  {shlex.join(['sam', *_deploy_arguments(options)])}")
    return OK if clean and built == 0 else FAILED


def deploy(options: argparse.Namespace) -> int:
    """Check the account, ask, build, deploy, tell."""
    session = _session(options)
    who = _identity(session)
    print(f"Account {who['Account']}, region {session.region_name}, as {who['Arn']}\n\n{MADE}")
    for warning in (*_model_warnings(session, options.model or DEFAULT_MODEL), *_principal_warnings(options)):
        print(f"Note: {warning}")
    if not options.regions and _is_new(session, options.stack):
        options.regions = session.region_name
        print(f"Note: clusters and snapshot copies in {session.region_name} only; name more with --regions.")
    if not options.roles and _is_new(session, options.stack):
        raise Problem(
            "Which IAM roles may the worker hand on to Redshift, EventBridge and Scheduler? Nothing was deployed. Name "
            "them by a pattern: --roles 'redshift/*', or --roles '*' for all of the account."
        )
    if not _confirmed(options, f"Deploy stack {options.stack}?"):
        return NOT_APPROVED
    if _sam("build", options) != 0 or _run(["sam", *_deploy_arguments(options)], options) != 0:
        raise Problem("It was not deployed; what sam said is above. Repeating is safe.")
    _tell(session, options)
    return OK


def delete(options: argparse.Namespace) -> int:
    """Say what is kept, ask, delete the rest."""
    session = _session(options)
    who = _identity(session)
    print(f"Delete stack {options.stack} in account {who['Account']}, region {session.region_name}.\n\n{KEPT}")
    if not _confirmed(options, f"Delete stack {options.stack}?"):
        return NOT_APPROVED
    arguments = ["sam", "delete", "--stack-name", options.stack, "--no-prompts", *_where(options)]
    if _run(arguments, options) != 0:
        raise Problem("It was not deleted; what sam said is above.")
    return OK


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./deploy",
        description="Deploy the agent into an AWS account.",
        formatter_class=lambda prog: argparse.HelpFormatter(prog, width=110, max_help_position=30),
    )
    parser.add_argument("--stack", default="redshift-migrate", help="name of the stack (redshift-migrate)")
    parser.add_argument("--region", help="as the AWS CLI: AWS_REGION, AWS_DEFAULT_REGION, the profile")
    parser.add_argument("--profile", help="AWS profile")
    parser.add_argument("--regions", help="regions of the clusters and of their snapshot copies, comma separated")
    parser.add_argument("--migrate-principals", help="ARNs of roles or users whose approvals count, comma separated")
    parser.add_argument("--clusters", help="pattern of the clusters that may be migrated, such as prod-*")
    parser.add_argument(
        "--roles", help="pattern of the IAM roles that may be handed on, such as redshift/*; needed at first"
    )
    parser.add_argument("--schedules", help="pattern of the rules and schedules that may be made and switched")
    parser.add_argument("--model", help=f"Bedrock model or inference profile ({DEFAULT_MODEL})")
    parser.add_argument("--allow-cut-over", action=argparse.BooleanOptionalAction, help="attach the cut-over policy")
    parser.add_argument(
        "--allow-existing",
        action=argparse.BooleanOptionalAction,
        help="let the worker update namespaces and workgroups that no run has made",
    )
    parser.add_argument(
        "--allow-fleet",
        action=argparse.BooleanOptionalAction,
        help="let the endpoint read quotas, datashares, metrics and prices, for many clusters and their cost",
    )
    parser.add_argument(
        "--allow-data",
        action=argparse.BooleanOptionalAction,
        help="let the endpoint run the program's own SQL, which only reads, to compare data and see who connects",
    )
    parser.add_argument(
        "--allow-decommission",
        action=argparse.BooleanOptionalAction,
        help="let the worker pause and resume clusters, and delete those that are paused, with a last snapshot",
    )
    parser.add_argument("--yes", action="store_true", help="do not ask")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--dry-run", action="store_true", help="check all that needs no account, and deploy nothing")
    how.add_argument("--delete", action="store_true", help="delete the stack; says what is kept")
    return parser


def _deploy_arguments(options: argparse.Namespace) -> list[str]:
    """What is not said here keeps the value that it has in the stack, or the template's default in a new one."""
    switched = ("cut_over", "existing", "fleet", "data", "decommission")
    given = {name: getattr(options, f"allow_{name}") for name in switched}
    said = {
        "Regions": options.regions,
        "MigratePrincipals": options.migrate_principals,
        "ClusterPattern": options.clusters,
        "RolePattern": options.roles,
        "SchedulePattern": options.schedules,
        "ModelId": options.model,
        **{f"Allow{name.title().replace('_', '')}": str(on).lower() for name, on in given.items() if on is not None},
    }
    overrides = [f"{name}={value}" for name, value in said.items() if value]
    return [
        "deploy",
        "--stack-name",
        options.stack,
        "--template-file",
        str(BUILT / "template.yaml"),
        "--capabilities",
        "CAPABILITY_IAM",
        "--resolve-s3",
        "--no-confirm-changeset",
        "--no-fail-on-empty-changeset",
        *_where(options),
        *(["--parameter-overrides", *overrides] if overrides else []),
    ]


def _where(options: argparse.Namespace) -> list[str]:
    region = ["--region", options.region] if options.region else []
    return [*region, *(["--profile", options.profile] if options.profile else [])]


def _sam(command: str, options: argparse.Namespace, *, quiet: bool = False) -> int:
    return _run(["sam", command, "--build-in-source", "--template-file", str(TEMPLATE)], options, quiet=quiet)


def _run(command: Sequence[str], options: argparse.Namespace, *, quiet: bool = False) -> int:
    """sam of our own environment; the first word is only for the eyes."""
    environment = {**os.environ, "SAM_CLI_TELEMETRY": "0"}
    environment.setdefault("AWS_DEFAULT_REGION", options.region or os.environ.get("AWS_REGION") or "us-east-1")
    run = subprocess.run(
        [sys.executable, "-m", "samcli", *command[1:]],
        cwd=ROOT,
        env=environment,
        check=False,
        capture_output=quiet,
        text=True,
    )
    if quiet and run.returncode != 0:
        print(run.stdout, run.stderr, sep="\n", file=sys.stderr)
    return run.returncode


def _session(options: argparse.Namespace) -> boto3.Session:
    try:
        region = options.region or os.environ.get("AWS_REGION")
        session = boto3.Session(profile_name=options.profile, region_name=region)
    except BotoCoreError as error:
        raise Problem(f"The AWS configuration cannot be used: {error}") from error
    if not session.region_name:
        raise Problem("No region is set. Name it with --region, or set AWS_REGION.")
    options.region = session.region_name
    return session


def _identity(session: boto3.Session) -> dict[str, Any]:
    try:
        who: dict[str, Any] = session.client("sts").get_caller_identity()
    except (BotoCoreError, ClientError) as error:
        hint = "Sign in (aws sso login, aws configure) and repeat."
        raise Problem(f"The credentials cannot be used: {error}\n{hint}") from error
    return who


def _is_new(session: boto3.Session, stack: str) -> bool:
    try:
        session.client("cloudformation").describe_stacks(StackName=stack)
    except ClientError as error:
        if "does not exist" in str(error):
            return True
        raise Problem(f"CloudFormation cannot be asked: {error}") from error
    return False


def _model_warnings(session: boto3.Session, model: str) -> list[str]:
    """Whether the account may use the model. Only told: whoever deploys need not be who may ask."""
    try:
        bedrock = session.client("bedrock")
        if model.split(".")[0] in ("global", "us", "eu", "apac", "us-gov"):
            bedrock.get_inference_profile(inferenceProfileIdentifier=model)
        else:
            bedrock.get_foundation_model(modelIdentifier=model)
    except (BotoCoreError, ClientError) as error:
        return [f"whether {model} can be used in {session.region_name} could not be seen ({error})."]
    return []


def _principal_warnings(options: argparse.Namespace) -> list[str]:
    if options.migrate_principals:
        return []
    return ["without --migrate-principals a new stack lets everybody look and plan, and nobody change anything."]


def _confirmed(options: argparse.Namespace, question: str) -> bool:
    if options.yes:
        return True
    if not sys.stdin.isatty():
        print("Nothing was done: say --yes where nobody can be asked.", file=sys.stderr)
        return False
    return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")


def _tell(session: boto3.Session, options: argparse.Namespace) -> None:
    stack = session.client("cloudformation").describe_stacks(StackName=options.stack)["Stacks"][0]
    outputs = {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", [])}
    profile = ["--profile", options.profile] if options.profile else []
    first = shlex.join(["./chat", "--endpoint", outputs.get("EndpointUrl", "URL"), *profile, "list my clusters"])
    print(f"\nThe agent answers at {outputs.get('EndpointUrl')}\nWho may call it: whoever has the policy")
    print(f"  {outputs.get('InvokePolicyArn')}\nTry it:\n  {first}")


if __name__ == "__main__":
    sys.exit(main())
