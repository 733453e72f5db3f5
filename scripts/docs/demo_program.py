"""The demo as a program whose time stands still: the same commands print the same text on every run and machine."""

from __future__ import annotations

import contextlib
import io
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

import redshift_migrate
from redshift_migrate.agent.approver import Approver
from redshift_migrate.agent.conversation import Conversation, create_agent
from redshift_migrate.agent.meanwhile import Meanwhile
from redshift_migrate.agent.providers.factory import create_model
from redshift_migrate.aws.accounts import Accounts
from redshift_migrate.aws.client import AwsClient
from redshift_migrate.aws.session import PinnedSession, region_catalog
from redshift_migrate.clock import Clock
from redshift_migrate.migration.service import MigrationService
from redshift_migrate.models.accounts import parse_accounts
from redshift_migrate.models.plan import Call
from redshift_migrate.settings import Settings, parse_settings
from redshift_migrate.state.store import FileStore
from redshift_migrate.terminal.lines import prompt_of
from redshift_migrate.terminal.scripted import ScriptedRun
from redshift_migrate.terminal.streams import Output
from redshift_simulator import Clock as SimulatedClock
from redshift_simulator import SimulatedAccount, SimulatedAws, demo

REGION = demo.HOME_REGION
BETWEEN_COMMANDS_S = 60.0
STATE_FOLDER = Path("~/.local/state/redshift-migrate/demo")
"""Where the demo keeps its state on Linux. Here a path below a folder that is thrown away, so that reports and messages
name the same place on every machine."""


class DemoProgram:
    """The parts of one run of `./chat --demo`, around an account that is there already."""

    def __init__(self, settings: Settings, account: SimulatedAccount, endpoint_url: str, state_folder: Path) -> None:
        self.settings, self.state_folder = settings, state_folder
        self.aws = AwsClient(PinnedSession(endpoint_url, REGION))
        clock = Clock(
            now=lambda: datetime.fromtimestamp(account.clock.now(), UTC),
            monotonic_s=account.clock.now,
            sleep=account.clock.advance,
        )
        file = files("redshift_simulator.demo").joinpath("accounts.toml")
        allowed = parse_accounts(file.read_text(encoding="utf-8"), "accounts.toml")

        def with_keys(key: str, secret: str, token: str) -> AwsClient:
            return AwsClient(PinnedSession(endpoint_url, REGION, (key, secret, token)))

        self.service = MigrationService(
            aws=self.aws,
            regions=region_catalog(),
            store=FileStore(state_folder),
            clock=clock,
            default_region=REGION,
            read_only=settings.read_only,
            simulated=True,
            accounts=Accounts(self.aws, allowed, with_keys=with_keys),
        )

    def conversation(self, approver: Approver, history: Sequence[Any] = ()) -> Conversation:
        read_only = self.settings.read_only
        model = create_model(self.settings.model)
        agent = create_agent(self.service, model, approver=approver, read_only=read_only, history=history)
        return Conversation(agent, Meanwhile(self.service))

    def start(self) -> None:
        """Nothing takes a while here."""

    def use(self, settings: Settings) -> None:
        self.settings = settings


class Ran(NamedTuple):
    """What one command left behind."""

    stdout: str
    stderr: str
    exit_code: int


class Demo:
    """One simulated account and one state folder; every command is a run of its own."""

    def __enter__(self) -> Demo:
        self.account = SimulatedAccount(clock=SimulatedClock.manual())
        demo.seed(self.account)
        self._server = SimulatedAws(self.account).start()
        self._folder = tempfile.TemporaryDirectory()
        self._went_there = contextlib.chdir(self._folder.name)
        self._went_there.__enter__()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._server.stop()
        self._went_there.__exit__(None, None, None)
        self._folder.cleanup()

    def program(self, *arguments: str) -> DemoProgram:
        """The program as `./chat --demo` with these arguments makes it."""
        settings = parse_settings(["--demo", *arguments], {}, redshift_migrate.__version__)
        return DemoProgram(settings, self.account, self._server.endpoint_url, STATE_FOLDER)

    def run(self, *arguments: str) -> Ran:
        """One command, from its arguments to its exit code; a prompt has to be among them."""
        self.account.clock.advance(BETWEEN_COMMANDS_S)
        program, stdout, stderr = self.program(*arguments), io.StringIO(), io.StringIO()
        run = ScriptedRun(program, Output(stdout), Output(stderr))
        exit_code = run.main(iter([prompt_of(program.settings.prompt)]))
        return Ran(stdout.getvalue(), stderr.getvalue(), exit_code)

    def somebody_else(self, call: Call) -> None:
        """A change of the account that goes past the program; returns when it has settled."""
        self.program().aws.call(call)
        self.account.clock.advance(600)
