"""docs/architecture.md names the files that somebody opens, so they have to be there, and few."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BASES = (ROOT, ROOT / "src", ROOT / "src" / "redshift_migrate", ROOT / "src" / "redshift_simulator")
FILES = {path.name for path in (ROOT / "src").rglob("*.py")}
TEXT = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
CHANGES = {"How to add a setting": 8, "How to add a read": 7}
"""Section -> the source files that such a change may touch at most."""


def names_in(text: str) -> list[str]:
    """Files and folders, as far as they are written out."""
    return [name for name in re.findall(r"`([\w./-]+)`", text) if re.search(r"/$|\.(py|toml|yaml|md)$", name)]


def section(title: str) -> str:
    return TEXT.partition(f"## {title}\n")[2].partition("\n## ")[0]


@pytest.mark.parametrize("name", sorted(set(names_in(TEXT))))
def test_what_is_named_is_there(name: str) -> None:
    """A bare name is that of a file in the room that the text speaks of."""
    assert name in FILES or any((base / name).exists() for base in BASES)


@pytest.mark.parametrize("title", CHANGES)
def test_a_small_addition_touches_few_files(title: str) -> None:
    steps = [line for line in re.split(r"\n(?=\d\. |\n)", section(title)) if re.match(r"\d\. ", line)]
    files = {name for step in steps for name in names_in(step) if not name.endswith("/")}

    assert 4 < len(files) <= CHANGES[title]


@pytest.mark.parametrize(
    ("title", "names"),
    [
        ("How to add a setting", {"extra_compute_for_automatic_optimization", "extraComputeForAutomaticOptimization"}),
        ("How to add a read", {"event_subscriptions", "DescribeEventSubscriptions"}),
        ("How to add a read", {"partners", "DescribePartners"}),
    ],
)
def test_what_was_added_is_known_to_few_files(title: str, names: set[str]) -> None:
    """Examples that need nothing but what every setting and every read needs."""
    sources = (path for path in (ROOT / "src").rglob("*") if path.suffix in (".py", ".toml"))
    speaking = {
        str(path.relative_to(ROOT))
        for path in (*sources, ROOT / "template.yaml")
        if names & set(re.findall(r"\w+", path.read_text(encoding="utf-8")))
    }

    assert 4 < len(speaking) <= CHANGES[title], sorted(speaking)
