"""A function is named by what it does, with a verb: a bare participle says neither who acts nor what comes back."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "redshift_migrate"
ROOMS = sorted(
    path.name
    for path in SOURCE.iterdir()
    if path.suffix == ".py" or (path.is_dir() and (path / "__init__.py").is_file())
)
"""Every room."""

IRREGULAR = set(
    re.findall(
        r"\w+",
        """
    bound built done drawn found given gone hidden held kept known left made said seen sent shown spoken taken told
    written
""",
    )
)
NO_PARTICIPLES = frozenset({"feed", "heed", "need", "seed", "speed", "proceed"})
VALUE_BEFORE_NOUN = ("checked_", "kept_", "told_", "drawn_", "shown_", "asked_")
"""`checked_name` is the participle in a longer coat: `require_name` says that it refuses."""


def find_participles(module: ast.Module) -> Iterator[str]:
    """Names of functions and methods that are participles; what a property gives is a value, so it may be called so."""
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not _is_property(node):
            name = node.name.strip("_")
            bare = name in IRREGULAR or (name.endswith("ed") and "_" not in name and name not in NO_PARTICIPLES)
            if bare or name.startswith(VALUE_BEFORE_NOUN):
                yield node.name


def _is_property(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(isinstance(each, ast.Name) and each.id.endswith("property") for each in node.decorator_list)


@pytest.mark.parametrize("room", ROOMS)
def test_no_function_is_named_by_a_bare_participle(room: str) -> None:
    files = [SOURCE / room] if room.endswith(".py") else sorted((SOURCE / room).rglob("*.py"))
    found = [f"{file.name}: {name}" for file in files for name in find_participles(ast.parse(file.read_text()))]

    assert files
    assert found == []


def test_no_module_is_named_by_the_words_of_another_turned_round() -> None:
    modules = [file.relative_to(SOURCE).with_suffix("") for file in SOURCE.rglob("*.py")]
    words = Counter(tuple(sorted(re.split(r"[/_]", module.as_posix()))) for module in modules)

    assert [each for each, times in words.items() if times > 1] == []


@pytest.mark.parametrize("name", ["kept", "_told", "resolved", "checked_name", "_shown"])
def test_a_participle_is_found(name: str) -> None:
    assert list(find_participles(ast.parse(f"class A:\n    async def {name}(self): ..."))) == [name]


@pytest.mark.parametrize("text", ["def read(): ...", "def seed(): ...", "@property\ndef done(): ...", "kept = 1"])
def test_verbs_and_values_are_no_participles(text: str) -> None:
    assert list(find_participles(ast.parse(text))) == []
