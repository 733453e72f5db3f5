"""Each import rule of .importlinter bites: one forbidden import at a time, in a package that has every room."""

from __future__ import annotations

import configparser
import os
import re
import shutil
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[2]
LINT = "import importlinter.cli as cli; cli.lint_imports_command()"
CONFIG = configparser.ConfigParser(comment_prefixes=(";",))
CONFIG.read(ROOT / ".importlinter")
ROOT_PACKAGES = CONFIG["importlinter"]["root_packages"].split()
ROOMS = re.findall(r"\(([a-z]\w*)\)", CONFIG["importlinter:contract:rooms"]["layers"])

FORBIDDEN = [
    # where, import, words of the rule that must break
    ("models", "from redshift_migrate.planner import room", "Rooms import downwards"),
    ("aws", "from redshift_migrate.extractors import room", "Rooms import downwards"),
    ("migration", "from redshift_migrate.agent import room", "Rooms import downwards"),
    ("agent", "from redshift_migrate.terminal import room", "Rooms import downwards"),
    ("agent", "import redshift_simulator.room", "nothing of each other"),
    ("offline", "import time", "no I/O"),
    ("extractors", "from redshift_migrate.observers import room", "Rooms import downwards"),
    ("translators", "from redshift_migrate.aws import room", "Rooms import downwards"),
    ("planner", "import os", "no I/O"),
    ("translators", "import time", "no I/O"),
    ("../redshift_simulator", "from redshift_migrate.models import room", "nothing of each other"),
    ("agent", "import redshift_agent", "composition root"),
    ("migration", "import boto3", "boto3 and botocore only"),
    ("extractors", "from botocore.exceptions import ClientError", "boto3 and botocore only"),
    ("agent", "from rich.table import Table", "rich and prompt_toolkit only"),
    ("endpoint", "import prompt_toolkit", "rich and prompt_toolkit only"),
    ("terminal", "from strands import Agent", "strands only"),
    ("agent", "import fastapi", "web framework only"),
    ("terminal", "import uvicorn", "web framework only"),
]
ALLOWED = [
    ("aws", "import boto3"),
    ("../redshift_simulator", "import botocore"),
    ("terminal", "import rich"),
    ("agent", "import strands"),
    ("endpoint", "import fastapi"),
    ("terminal", "from redshift_migrate.agent import room"),
    ("migration", "from redshift_migrate.observers import room"),
    ("planner", "from redshift_migrate.permissions import room"),
    ("models", "from redshift_migrate.errors import room"),
]


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """An empty package with every room, beside the project's own rules."""
    shutil.copy(ROOT / ".importlinter", tmp_path)
    package = tmp_path / "src" / "redshift_migrate"
    for folder in (*(package.parent / root for root in ROOT_PACKAGES), *(package / room for room in ROOMS)):
        folder.mkdir(parents=True)
        for module in ("__init__", "room"):
            (folder / f"{module}.py").write_text("")
    (package / "room.py").unlink()  # which is a package of rooms
    return package


def lint(package: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", "-c", LINT, "--no-logo", "--no-cache"],
        cwd=package.parents[1],
        env={**os.environ, "PYTHONPATH": str(package.parent), "COLUMNS": "300"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(("room", "line", "rule"), FORBIDDEN)
def test_a_forbidden_import_breaks_its_rule(package: Path, room: str, line: str, rule: str) -> None:
    (package / room / "visitor.py").write_text(f"{line}\n")

    run = lint(package)

    assert run.returncode == 1, run.stdout
    broken = [printed for printed in run.stdout.splitlines() if printed.rstrip().endswith("BROKEN")]
    assert any(rule in name for name in broken), run.stdout


def test_imports_that_the_design_wants_are_allowed(package: Path) -> None:
    for number, (room, line) in enumerate(ALLOWED):
        (package / room / f"visitor_{number}.py").write_text(f"{line}\n")

    run = lint(package)

    assert run.returncode == 0, run.stdout


def test_a_room_without_a_place_in_the_order_is_refused(package: Path) -> None:
    (package / "toolbox").mkdir()
    (package / "toolbox" / "__init__.py").write_text("")

    run = lint(package)

    assert run.returncode == 1
    assert "toolbox" in run.stdout


def test_rooms_that_do_not_exist_yet_are_no_fault(package: Path) -> None:
    for room in ("terminal", "endpoint", "agent", "migration", "extractors", "observers"):
        shutil.rmtree(package / room)

    assert lint(package).returncode == 0


def find_circle(*packages: str) -> list[str]:
    """Modules that lead back to the first of them, also by imports inside functions or for type checkers only."""
    graph = grimp.build_graph(*packages, cache_dir=None)
    try:
        TopologicalSorter({each: graph.find_modules_directly_imported_by(each) for each in graph.modules}).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_no_module_leads_back_to_itself() -> None:
    assert find_circle(*ROOT_PACKAGES) == []


@pytest.mark.parametrize(
    "back",
    [
        "import circling.one",
        "def later():\n    from circling import one",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from circling.one import Thing",
    ],
)
def test_a_circle_is_found_wherever_its_import_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, back: str
) -> None:
    package = tmp_path / "circling"
    package.mkdir()
    for module, text in (("__init__", ""), ("one", "import circling.two"), ("two", back)):
        (package / f"{module}.py").write_text(f"{text}\n")
    monkeypatch.syspath_prepend(tmp_path)

    assert set(find_circle("circling")) == {"circling.one", "circling.two"}
