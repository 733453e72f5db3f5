"""The command line and the environment as one value. Light: --help and --version load nothing else."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping, Sequence
from typing import NamedTuple

DEMO_REGION = "us-east-2"
DEFAULT_MODEL = "bedrock"

EPILOG = """\
examples:
  ./chat --demo                                             try it: nothing is real, nothing is billed
  ./chat --read-only --model offline --region us-east-2     look at your own account, without a model
  ./chat --region us-east-2 "plan the migration of prod-db-1"
  ./chat --region us-east-2 /approve 1a2b3c4d5e6f           the plan that was printed, as it was printed

stdin not a terminal: one turn a line; blank lines and lines starting with # are skipped; a line `approve DIGEST`
approves. exit codes: 0 all turns worked, 1 a turn failed, 2 usage, 3 approval needed and not given, 130 interrupted.
"""


class Settings(NamedTuple):
    """What the user said at the start. Not a dataclass: importing those takes longer than all of `--version`."""

    prompt: str = ""
    demo: bool = False
    model: str = DEFAULT_MODEL
    region: str | None = None
    profile: str | None = None
    session: str | None = None
    yes: bool = False
    approve: tuple[str, ...] = ()
    read_only: bool = False
    json: bool = False
    quiet: bool = False
    fresh: bool = False
    endpoint: str | None = None
    serve: str | None = None
    accounts: str | None = None
    """A file of accounts that may be looked at; None means the one in the platform's configuration directory."""
    state: str | None = None
    """REDSHIFT_AGENT_STATE; None means the platform's state directory."""
    command: str = "./chat"
    """How this program was started, for the commands that it prints."""


def parser(version: str, command: str = "./chat") -> argparse.ArgumentParser:
    """The command line of ./chat, and of `redshift-migrate` where the package is installed."""
    cli = argparse.ArgumentParser(
        prog=command,
        description="Move Redshift provisioned clusters to Redshift Serverless: ask, see the plan, approve, verify.",
        epilog=EPILOG,
        formatter_class=lambda prog: argparse.RawDescriptionHelpFormatter(prog, width=_help_width()),
        allow_abbrev=False,
    )
    cli.add_argument("prompt", nargs="*", metavar="PROMPT", help="one turn, then exit; /COMMAND works too")
    cli.add_argument("--demo", action="store_true", help="simulated AWS account and offline model; needs nothing")
    cli.add_argument(
        "--model",
        metavar="PROVIDER[:ID]",
        help="bedrock (default), offline, anthropic, openai, ollama, llamacpp; or REDSHIFT_AGENT_MODEL",
    )
    cli.add_argument("--region", metavar="R", help="AWS region; else AWS_REGION, AWS_DEFAULT_REGION, the profile")
    cli.add_argument("--profile", metavar="P", help="AWS profile")
    cli.add_argument("--accounts", metavar="FILE", help="other accounts that may be looked at; else accounts.toml")
    cli.add_argument("--session", metavar="NAME", help="keep or continue a conversation")
    cli.add_argument("--yes", action="store_true", help="approve every plan of this run")
    cli.add_argument(
        "--approve", metavar="DIGEST", action="append", default=[], help="approve this plan (8 or more characters)"
    )
    cli.add_argument("--read-only", action="store_true", help="changing tools are not even offered to the model")
    cli.add_argument("--json", action="store_true", help="one JSON object a line on stdout")
    cli.add_argument("--quiet", action="store_true", help="in a pipe: answers, plans and errors, no progress")
    cli.add_argument("--fresh", action="store_true", help="with --demo: begin with a new account; plans and runs go")
    cli.add_argument("--endpoint", metavar="URL", help="talk to a deployed agent instead of running one here")
    cli.add_argument(
        "--serve",
        metavar="HOST:PORT",
        nargs="?",
        const="127.0.0.1:8080",
        help="run the endpoint here (default 127.0.0.1:8080)",
    )
    cli.add_argument("--version", action="version", version=f"redshift-migrate {version}")
    return cli


def _help_width() -> int:
    """Characters of a line of --help. argparse would find it out too, by importing what takes longer than the rest."""
    try:
        return max(os.get_terminal_size().columns - 2, 40)
    except OSError:
        return 110


def parse_settings(
    arguments: Sequence[str], environ: Mapping[str, str], version: str, command: str = "./chat"
) -> Settings:
    """The settings of a run. Ends the process with code 2 for a wrong command line, as argparse does."""
    cli = parser(version, command)
    given = cli.parse_args(arguments)
    for digest in given.approve:
        if not 8 <= len(digest) <= 64 or set(digest.lower()) - set("0123456789abcdef"):
            cli.error(f"--approve {digest!r}: give 8 or more characters of the digest (0-9, a-f)")
    if given.read_only and (given.yes or given.approve):
        cli.error("--read-only and an approval contradict each other")
    if given.fresh and not given.demo:
        cli.error("--fresh is for --demo: what is kept of a real account is a record, and is not thrown away")
    if given.endpoint and (given.demo or given.serve):
        cli.error("--endpoint talks to an agent elsewhere; it cannot be combined with --demo or --serve")
    model = given.model or environ.get("REDSHIFT_AGENT_MODEL") or ("offline" if given.demo else DEFAULT_MODEL)
    return Settings(
        prompt=" ".join(given.prompt).strip(),
        demo=given.demo,
        model=model,
        region=given.region or (DEMO_REGION if given.demo else None),
        profile=given.profile,
        session=given.session,
        accounts=given.accounts,
        yes=given.yes,
        approve=tuple(digest.lower() for digest in given.approve),
        read_only=given.read_only,
        json=given.json,
        quiet=given.quiet,
        fresh=given.fresh,
        endpoint=given.endpoint,
        serve=given.serve,
        state=environ.get("REDSHIFT_AGENT_STATE") or None,
        command=command,
    )
