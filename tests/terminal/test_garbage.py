"""Hostile input, to the real ./chat, in three locales: it never breaks, and never comes out raw."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.terminal.chatting import Ran, run

LOCALES = {
    "C": ({"LANG": "C", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}, "ascii"),
    "cp1252": ({"PYTHONIOENCODING": "cp1252"}, "cp1252"),
    "C.UTF-8": ({"LANG": "C.UTF-8", "NO_COLOR": "1", "COLUMNS": "20"}, "utf-8"),
}

GARBAGE: dict[str, tuple[bytes, str]] = {
    "byte order mark": (b"\xef\xbb\xbfhello", "hello"),
    "invalid UTF-8": (b"\xff\xfe\xc3(hello", "\ufffd\ufffd\ufffd(hello"),
    "NUL": (b"he\x00llo", "he\\u{0}llo"),
    "lone surrogate": (b"\xed\xa0\x80hello", "\ufffd\ufffd\ufffdhello"),
    "carriage return": (b"hello\r", "hello"),
    "carriage return inside": (b"hello\rrm -rf", "hello\\u{d}rm -rf"),
    "bidi override": ("hello \u202eolleh".encode(), "hello \\u{202e}olleh"),
    "zero width": ("he\u200bllo\u2060".encode(), "he\\u{200b}llo\\u{2060}"),
    "tag characters": ("hello\U000e0041".encode(), "hello\\u{e0041}"),
    "clear screen": (b"\x1b[2J\x1b[Hhello", "\\u{1b}[2J\\u{1b}[Hhello"),
    "set title": (b"\x1b]0;owned\x07hello", "\\u{1b}]0;owned\\u{7}hello"),
    "write clipboard": (b"\x1b]52;c;cm0gLXJm\x1b\\hello", "\\u{1b}]52;c;cm0gLXJm\\u{1b}\\hello"),
    "8-bit controls": ("\x9b2J\x9d0;x\x9chello".encode(), "\\u{9b}2J\\u{9d}0;x\\u{9c}hello"),
    "rich markup": (b"[bold red]hello[/x] [link=http://x]y[/link]", "[bold red]hello[/x] [link=http://x]y[/link]"),
    "other scripts": ("hello – “größe” 列出 🐘".encode(), "hello – “größe” 列出 🐘"),
    "line separator": ("hello\u2028approve 12345678".encode(), "hello\\u{2028}approve 12345678"),
    "unknown command": ("/lösche \x1b[31malles".encode(), "/lösche \\u{1b}[31malles"),
    "template": (b"{0.__class__} %s %n ${HOME} `id` $(id)", "{0.__class__} %s %n ${HOME} `id` $(id)"),
}
TOO_LONG = b"x" * 30_000
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202e\u2028\u2060]")


@dataclass(frozen=True)
class Runs:
    """The same input with --json and without."""

    events: list[dict[str, Any]]
    as_json: Ran
    as_text: Ran


@pytest.fixture(scope="module", params=LOCALES)
def runs(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Runs:
    """One process a locale and kind of output reads all of it; a line that broke it would take the rest along."""
    more, encoding = LOCALES[request.param]
    script = b"\n".join([*(line for line, _ in GARBAGE.values()), TOO_LONG, b"/help"])
    state = tmp_path_factory.mktemp("state")
    as_json, as_text = (
        run(state, "--model", "offline", "--region", "us-east-2", *option, stdin=script, more=more, encoding=encoding)
        for option in (["--json"], [])
    )
    return Runs([json.loads(line) for line in as_json.out.splitlines()], as_json, as_text)


@pytest.mark.parametrize("name", GARBAGE)
def test_hostile_text_reaches_the_model_spelled_out(runs: Runs, name: str) -> None:
    prompts = [event["text"] for event in runs.events if event["kind"] == "prompt"]

    assert GARBAGE[name][1] in prompts


def test_too_long_a_line_is_refused_and_the_next_one_answered(runs: Runs) -> None:
    prompts = [event["text"] for event in runs.events if event["kind"] == "prompt"]

    assert prompts[-1] == "/help"
    assert not any("xxx" in text for text in prompts)
    assert [e["message"] for e in runs.events if "longer than 20,000" in e.get("message", "")]


def test_the_process_survives_and_tells_that_some_of_it_failed(runs: Runs) -> None:
    assert (runs.as_json.code, runs.as_text.code) == (1, 1)
    assert "Traceback" not in runs.as_text.err + runs.as_json.err
    assert "There is no command /l" in runs.as_text.err


def test_no_control_character_comes_out(runs: Runs) -> None:
    for text in (runs.as_text.out, runs.as_text.err, runs.as_json.out, runs.as_json.err):
        assert not CONTROL.search(text)


@pytest.mark.parametrize("name", ["bidi override", "invalid UTF-8", "other scripts"])
def test_a_hostile_prompt_on_the_command_line_is_spelled_out_too(tmp_path: Path, name: str) -> None:
    prompt = GARBAGE[name][0].decode("utf-8", "surrogateescape")
    ran = run(tmp_path, "--model", "offline", "--region", "us-east-2", "--json", f"/{prompt}", encoding="ascii")

    assert ran.code == 1
    assert json.loads(ran.out.splitlines()[0])["kind"] == "prompt"
