"""The lock files against what pyproject.toml asks for."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
PROGRAM = PROJECT["project"]["dependencies"]
DEMO = PROJECT["project"]["optional-dependencies"]["demo"]
GROUPS = {
    name: [each for each in group if isinstance(each, str)] for name, group in PROJECT["dependency-groups"].items()
}


def locked(lock: str) -> dict[str, str]:
    """Package → version, as the lock has them."""
    lines = (ROOT / lock).read_text().splitlines()
    pins = (line.split()[0].partition("==") for line in lines if line[:1].isalnum())
    return {canonicalize_name(Requirement(name).name): version for name, _, version in pins}


@pytest.mark.parametrize(
    ("lock", "asked"),
    [
        ("requirements.lock", [*PROGRAM, *DEMO]),  # ./chat --demo works after the first start
        ("requirements-dev.lock", [*PROGRAM, *DEMO, *GROUPS["dev"], *GROUPS["worker"]]),
        ("requirements-deployed.lock", [*GROUPS["deployed"], *GROUPS["worker"]]),
    ],
)
def test_a_lock_has_what_is_asked_for(lock: str, asked: list[str]) -> None:
    versions = locked(lock)

    for requirement in map(Requirement, asked):
        assert requirement.specifier.contains(versions[canonicalize_name(requirement.name)]), requirement


def test_the_locks_agree_and_name_no_index() -> None:
    everything = locked("requirements-dev.lock")

    for lock in ("requirements.lock", "requirements-deployed.lock"):
        assert locked(lock).items() <= everything.items()
        assert "://" not in (ROOT / lock).read_text()


def test_what_is_deployed_has_no_simulated_account() -> None:
    assert not {Requirement(each).name for each in DEMO} & locked("requirements-deployed.lock").keys()
