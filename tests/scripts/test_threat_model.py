"""Every line of the threat model names the tests that hold it, and they are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINES = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("| ") and not line.startswith("| threat ")
]


def test_there_are_threats() -> None:
    assert len(LINES) > 20
    assert {len(cells) for cells in LINES} == {3}


@pytest.mark.parametrize("cells", LINES, ids=[cells[0] for cells in LINES])
def test_a_threat_has_its_tests(cells: list[str]) -> None:
    named = re.findall(r"`([^`]+)`", cells[2])

    assert named
    assert all(each.startswith("tests/") and (ROOT / each).exists() for each in named)
