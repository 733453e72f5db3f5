"""The wheel, built and installed for real beside the packages that it asks for: with the extra `demo`, and without."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import redshift_migrate

ROOT = Path(__file__).parents[2]
DEMO = "list the clusters in us-east-2"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=ROOT)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel and what it cannot do without; its `bin` folder."""
    return install(wheel, tmp_path_factory.mktemp("plain"), extra="")


@pytest.fixture(scope="module")
def with_demo(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with the extra `demo`."""
    return install(wheel, tmp_path_factory.mktemp("demo"), extra="demo")


def install(wheel: Path, folder: Path, *, extra: str) -> Path:
    """Only what the wheel's own metadata asks for is there, taken from the environment of the tests."""
    venv.create(folder, symlinks=True)
    python = folder / "bin" / "python"
    pip = (sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-compile")
    run(*pip, "--no-deps", "--no-index", wheel)
    (packages,) = folder.glob("lib/python*/site-packages")
    (metadata,) = packages.glob("redshift_migrate-*.dist-info")
    for name in sorted(names_of(needed_by(Distribution.at(metadata), extra, {}))):
        link = packages / name.name
        if not link.exists():
            link.symlink_to(name)
    return folder / "bin"


def needed_by(package: Distribution, extra: str, found: dict[str, Distribution]) -> dict[str, Distribution]:
    """Every distribution that one asks for, and those ask for, by name and extra."""
    for requirement in map(Requirement, package.requires or ()):
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": extra}):
            continue
        for each in ("", *requirement.extras):
            key = f"{requirement.name}[{each}]"
            if key not in found:
                found[key] = distribution(requirement.name)
                needed_by(found[key], each, found)
    return found


def names_of(packages: dict[str, Distribution]) -> Iterator[Path]:
    """What these distributions have at the top of site-packages."""
    for package in packages.values():
        for file in package.files or ():
            if file.parts[0] not in ("..", "__pycache__"):
                yield Path(str(package.locate_file(file.parts[0])))


def run(
    *command: str | Path, cwd: Path | None = None, state: Path | None = None, expected: int = 0
) -> subprocess.CompletedProcess[str]:
    """In an environment that leads to no checkout; the exit code is as expected."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "AWS_", "REDSHIFT_"))}
    own = {"AWS_EC2_METADATA_DISABLED": "true"} | ({"REDSHIFT_AGENT_STATE": str(state)} if state else {})
    done = subprocess.run(
        command, cwd=cwd, env=kept | own, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    assert done.returncode == expected, done.stderr
    return done


@pytest.mark.parametrize("started_as", ["redshift-migrate", "python -m redshift_migrate"])
def test_the_installed_command_is_the_chat(installed: Path, started_as: str) -> None:
    command, *module = started_as.split()

    version = run(installed / command, *module, "--version")
    help_text = run(installed / command, *module, "--help")
    ours = run(sys.executable, "-P", ROOT / "redshift_agent.py", "--help")

    assert version.stdout == f"redshift-migrate {redshift_migrate.__version__}\n"
    assert help_text.stdout.startswith(f"usage: {started_as} ")
    assert without_usage(help_text.stdout) == without_usage(ours.stdout)


def without_usage(help_text: str) -> str:
    """The usage is folded to the length of the command."""
    return help_text.partition("\n\n")[2]


def test_without_the_extra_demo_says_what_to_install(installed: Path, tmp_path: Path) -> None:
    refused = run(installed / "redshift-migrate", "--demo", DEMO, cwd=tmp_path, expected=2)

    assert refused.stdout == ""
    (line,) = refused.stderr.splitlines()
    assert "nothing was started" in line
    assert line.endswith("pip install 'redshift-migrate[demo]'")


def test_with_the_extra_demo_is_the_demo(with_demo: Path, tmp_path: Path) -> None:
    (tmp_path / "redshift_simulator.py").write_text("raise SystemExit('the module of somebody else')")

    theirs = run(with_demo / "redshift-migrate", "--demo", DEMO, cwd=tmp_path, state=tmp_path / "one")
    ours = run(sys.executable, "-P", ROOT / "redshift_agent.py", "--demo", DEMO, state=tmp_path / "two")

    assert "prod-db-1" in theirs.stdout
    assert theirs.stdout == ours.stdout


def test_the_printed_approval_starts_with_the_command_that_was_used(with_demo: Path, tmp_path: Path) -> None:
    ask = "configure snapshot copy for namespace my-namespace to us-west-2 with 7 day retention"

    waits = run(with_demo / "redshift-migrate", "--demo", ask, cwd=tmp_path, state=tmp_path / "state", expected=3)

    assert "redshift-migrate --demo /approve " in waits.stdout + waits.stderr
    assert "./chat" not in waits.stdout + waits.stderr


def test_other_programs_get_the_agent_from_the_wheel(installed: Path, tmp_path: Path) -> None:
    program = "\n".join(
        (
            "from redshift_agent import create_agent",
            "from redshift_migrate.settings import Settings",
            f"agent = create_agent(Settings(model='offline', region='us-east-2', state={str(tmp_path)!r}))",
            "print(sorted(agent.tool_names))",
        )
    )

    assert "'apply_plan'" in run(installed / "python", "-P", "-c", program).stdout
