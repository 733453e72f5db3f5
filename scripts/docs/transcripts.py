"""Commands and what they print, as the text of a code block. What differs from run to run is evened out here only."""

from __future__ import annotations

import re
import shlex
import textwrap
from collections.abc import Sequence

from redshift_migrate.state.owner import whoami
from scripts.docs.demo_program import STATE_FOLDER, Demo

WIDTH = 110
LEFT_OUT = "…"
"""Stands for any number of lines."""

_DURATION = re.compile(r"\b\d+\.\d s$", re.MULTILINE)
_GAP = re.compile(r"(?<=\S) {3,}")
_BULLET = re.compile(r" *(?:[-*] |\d+\. )?")


class Story:
    """Commands one after the other on one account, each shown with what it printed."""

    def __init__(self, demo: Demo) -> None:
        self._demo = demo

    def shown(self, *arguments: str, only: Sequence[str] = (), progress: bool = False, exit_code: int = 0) -> str:
        """Run `./chat --demo` with the arguments; the command and what it wrote to standard output.

        With `progress`, standard error stands before it. With `only`, lines that match none of these patterns are left
        out. ValueError when a pattern matches nothing or the exit code is another: then what the text says
        about the transcript is wrong too.
        """
        ran = self._demo.run(*arguments)
        command = f"$ ./chat --demo {' '.join(map(_typed, arguments))}"
        if ran.exit_code != exit_code:
            raise ValueError(f"{command}: exit code {ran.exit_code}, not {exit_code}\n{ran.stderr}{ran.stdout}")
        if r"\u{a}" in ran.stderr + ran.stdout:
            raise ValueError(f"{command}: a line break is spelled out in what it prints")
        printed = ran.stderr + ran.stdout if progress else ran.stdout or ran.stderr
        lines = self._steady(printed).strip("\n").split("\n")
        lines = _excerpt(lines, [re.compile(pattern) for pattern in only], command) if only else lines
        ending = [f"$ echo $?\n{exit_code}"] if exit_code else []
        return "\n".join([command, *(_folded(line) for line in lines), *ending])

    def file(self, path: str, *, lines: int) -> str:
        """The first lines of a file of the state folder."""
        file = STATE_FOLDER / path
        shown = self._steady(file.read_text(encoding="utf-8")).splitlines()[:lines]
        return "\n".join([f"$ head -n {lines} {file}", *shown])

    def newest_digest(self) -> str:
        """Of the plan that was saved last, as much as people are asked to type."""
        plan = self._demo.program().service.newest_plan()
        if plan is None:
            raise ValueError("no plan has been saved")
        return plan.digest[:12]

    def newest_migration(self) -> str:
        """The id of the run that was begun last."""
        return self._demo.program().service.migration_ids()[-1]

    @staticmethod
    def _steady(text: str) -> str:
        """The text without who ran it and how long the calls took here."""
        text = re.sub(rf"\b{re.escape(whoami())}(?=(?: with --yes)? \((?:command line|script|terminal))", "you", text)
        return _DURATION.sub("0.1 s", text)


def block(*parts: str) -> str:
    """A code block of these parts, an empty line between two of them."""
    return "```console\n" + "\n\n".join(parts) + "\n```"


def _typed(argument: str) -> str:
    return f'"{argument}"' if shlex.quote(argument) != argument and '"' not in argument else shlex.quote(argument)


def _excerpt(lines: Sequence[str], wanted: Sequence[re.Pattern[str]], command: str) -> list[str]:
    for pattern in wanted:
        if not any(pattern.search(line) for line in lines):
            raise ValueError(f"{command}: no line matches {pattern.pattern!r}")
    shown: list[str] = []
    for line in lines:
        if any(pattern.search(line) for pattern in wanted):
            shown.append(line)
        elif line.strip() and shown[-1:] != [LEFT_OUT]:
            shown.append(LEFT_OUT)
    return shown


def _folded(line: str) -> str:
    """A long line on several, as a terminal would show it; a row of a table that is too wide loses its alignment."""
    if len(line) <= WIDTH:
        return line
    start = _BULLET.match(line)
    hang = " " * (len(start[0]) if start else 0) + "  "
    return textwrap.fill(
        _GAP.sub("  ", line), WIDTH, subsequent_indent=hang, break_long_words=False, break_on_hyphens=False
    )
