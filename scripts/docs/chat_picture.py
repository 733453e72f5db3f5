"""The picture of the chat: the real turns, drawn by the real screen, on a simulated account at a fixed moment."""

from __future__ import annotations

import asyncio
import io
import os
import re

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

from redshift_migrate.terminal.desk import Desk
from redshift_migrate.terminal.screen import Screen
from redshift_migrate.terminal.turns import Turns
from scripts.docs.demo_program import Demo, DemoProgram

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
    with Demo() as demo:
        console = Console(
            record=True, file=io.StringIO(), width=WIDTH, color_system="truecolor", force_terminal=False,
            markup=False, emoji=False, highlight=False,
        )  # fmt: skip
        asyncio.run(_chat(demo.program(), Still(console)))
    return console.export_svg(
        title="./chat --demo", unique_id="chat", code_format=FROM_ELSEWHERE.sub("", CONSOLE_SVG_FORMAT)
    )


async def _chat(program: DemoProgram, screen: Still) -> None:
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
