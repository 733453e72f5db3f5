"""The picture of the chat: the real turns, drawn by the real screen, on a simulated account at a fixed moment."""

from __future__ import annotations

import asyncio
import io
import os
import re
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

from redshift_migrate.agent.approver import Approver
from redshift_migrate.agent.conversation import Conversation, create_agent
from redshift_migrate.agent.models.factory import create_model
from redshift_migrate.aws.door import Aws
from redshift_migrate.aws.session import PinnedSession, region_catalog
from redshift_migrate.aws.waiting import Clock
from redshift_migrate.migration.service import MigrationService
from redshift_migrate.migration.store import FileStore
from redshift_migrate.settings import Settings
from redshift_migrate.simulated import Clock as SimulatedClock
from redshift_migrate.simulated import SimulatedAccount, SimulatedAws, demo
from redshift_migrate.terminal.desk import Desk
from redshift_migrate.terminal.screen import Screen
from redshift_migrate.terminal.turns import Turns

REGION = "us-east-2"
PROMPTS = (
    "/clusters prod",
    "Configure snapshot copy for namespace my-namespace to us-west-2 with 7 day retention",
)
WIDTH = 104
DURATION = re.compile(r"\d+\.\d s:")
FROM_ELSEWHERE = re.compile(r"@font-face \{\{.*?\}\}|<!--.*?-->", re.DOTALL)


def generate(_: str) -> str:
    """The SVG. Every run draws the same bytes; fonts are the reader's own."""
    os.environ.pop("NO_COLOR", None)
    account = SimulatedAccount(clock=SimulatedClock.manual())
    demo.seed(account)
    with SimulatedAws(account) as aws, tempfile.TemporaryDirectory() as state:
        console = Console(
            record=True, file=io.StringIO(), width=WIDTH, color_system="truecolor", force_terminal=False,
            markup=False, emoji=False, highlight=False,
        )  # fmt: skip
        asyncio.run(_chat(Shown(account, aws.endpoint_url, Path(state)), Still(console)))
    return console.export_svg(
        title="./chat --demo", unique_id="chat", code_format=FROM_ELSEWHERE.sub("", CONSOLE_SVG_FORMAT)
    )


async def _chat(program: Shown, screen: Still) -> None:
    async def yes(question: str) -> str:
        screen.console.print(Text.assemble((question, "bold"), "y"))
        return "y"

    turns = Turns(Desk(program, "terminal"), screen, yes)
    for prompt in PROMPTS:
        screen.console.print(Text.assemble(("> ", "bold"), prompt))
        await (turns.command(prompt) if prompt.startswith("/") else turns.turn(prompt))
        screen.console.print()


class Still(Screen):
    """Draws the same every time: a tool call takes as long as the last one did."""

    def note(self, text: str, style: str = "dim", *, one_line: bool = False) -> None:
        super().note(DURATION.sub("0.1 s:", text), style, one_line=one_line)


class Shown:
    """The parts around one simulated account whose time stands still."""

    def __init__(self, account: SimulatedAccount, endpoint_url: str, state_folder: Path) -> None:
        self.settings, self.state_folder = Settings(model="offline", region=REGION, demo=True), state_folder
        clock = Clock(
            now=lambda: datetime.fromtimestamp(account.clock.now(), UTC),
            monotonic_s=account.clock.now,
            sleep=account.clock.advance,
        )
        self.service = MigrationService(
            aws=Aws(PinnedSession(endpoint_url, REGION)),
            regions=region_catalog(),
            store=FileStore(state_folder),
            clock=clock,
            default_region=REGION,
        )

    def conversation(self, approver: Approver, history: Sequence[Any] = ()) -> Conversation:
        return Conversation(create_agent(self.service, create_model("offline"), approver=approver, history=history))

    def start(self) -> None:
        """Nothing takes a while here."""

    def use(self, settings: Settings) -> None:
        self.settings = settings
