"""The first start, for real: shell, virtual environment and pip, with a tiny lock and an index on loopback."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.scripts.package_index import PackageIndex, lock, package_index
from tests.support.patience import PATIENCE_S

ROOT = Path(__file__).parents[2]

AGENT = """\
import json, sys
import tiny
print(json.dumps({"arguments": sys.argv[1:], "stdin": sys.stdin.read(), "tiny": tiny.VERSION, "path": sys.path}))
"""


@pytest.fixture
def index() -> Iterator[PackageIndex]:
    with package_index() as index:
        yield index


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    """A clone that never started, under a path with a space."""
    return clone(tmp_path)


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone that started once, to be copied: setting up takes seconds."""
    repo = clone(tmp_path_factory.mktemp("started"))
    with package_index() as index:
        run = chat(repo, index)
    assert run.returncode == 0, run.stderr
    return repo


@pytest.fixture
def ready(started: Path, tmp_path: Path) -> Path:
    """A clone that started before (and was moved since: nothing in it may depend on where it is)."""
    repo = tmp_path / "a clone, moved"
    shutil.copytree(started, repo, symlinks=True)
    return repo


def clone(folder: Path) -> Path:
    """What a clone has of the start-up, with a stand-in for the agent."""
    repo = folder / "a clone"
    (repo / "scripts").mkdir(parents=True)
    (repo / "src").mkdir()
    for name in ("chat", "scripts/bootstrap.sh", "scripts/bootstrap.py"):
        shutil.copy(ROOT / name, repo / name)
    (repo / "redshift_agent.py").write_text(AGENT)
    (repo / "requirements.lock").write_text(lock("1.0"))
    (repo / "requirements-dev.lock").write_text("# another\n" + lock("1.0"))
    return repo


def environment(index: PackageIndex) -> dict[str, str]:
    """A person's environment whose pip is configured for that index."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PYTHON"))}
    pip = {"PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": index.url, "PIP_NO_CACHE_DIR": "1"}
    # The Python of this test comes first, so that the test depends on no other.
    return {**kept, **pip, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}


def start(command: Sequence[str | Path], index: PackageIndex) -> subprocess.Popen[str]:
    """Start in a process group of its own, which a test may kill whole."""
    return subprocess.Popen(
        command,
        env=environment(index),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def chat(
    repo: Path, index: PackageIndex, *arguments: str, command: str | None = None, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [command or repo / "chat", *arguments],
        env=environment(index),
        cwd=cwd,
        input="a prompt\n",
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )


def test_the_first_start_sets_up_and_the_second_starts_at_once(repo: Path, index: PackageIndex) -> None:
    first = chat(repo, index, "--demo", "two words")
    second = chat(repo, index)

    assert first.returncode == 0, first.stderr
    told = json.loads(first.stdout)
    assert told["arguments"] == ["--demo", "two words"]
    assert told["stdin"] == "a prompt\n"
    assert str(repo / "src") in told["path"]
    assert first.stderr.startswith("Setting up .venv (once, about a minute) …\n")
    assert json.loads(second.stdout)["tiny"] == "1.0"
    assert second.stderr == ""
    assert index.downloads == 1


def test_it_starts_from_anywhere_and_through_symbolic_links(ready: Path, index: PackageIndex, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "absolute").symlink_to(ready / "chat")
    (tmp_path / "relative").symlink_to(Path("bin") / "absolute")

    run = chat(ready, index, command="./relative", cwd=tmp_path)

    assert run.stderr == ""
    assert str(ready / "src") in json.loads(run.stdout)["path"]


def test_a_changed_lock_is_installed_over_the_old_one(ready: Path, index: PackageIndex) -> None:
    (ready / "requirements.lock").write_text(lock("2.0"))

    refreshed = chat(ready, index)

    assert json.loads(refreshed.stdout)["tiny"] == "2.0"
    assert "requirements.lock changed: refreshing .venv" in refreshed.stderr
    assert chat(ready, index).stderr == ""
    assert index.downloads == 1


def test_an_environment_with_the_developers_lock_is_good_too(ready: Path, index: PackageIndex) -> None:
    shutil.copy(ready / "requirements-dev.lock", ready / ".venv" / "installed.lock")

    assert chat(ready, index).stderr == ""


def test_an_environment_whose_python_is_gone_is_made_again(ready: Path, index: PackageIndex) -> None:
    python = ready / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to("/nowhere/python3.11")

    again = chat(ready, index)

    assert again.returncode == 0, again.stderr
    assert "Setting up .venv" in again.stderr


@pytest.fixture
def outdated(ready: Path) -> Path:
    """A clone that started before its lock changed."""
    (ready / "requirements.lock").write_text(lock("2.0"))
    return ready


@pytest.mark.parametrize(("how", "start_in"), [(signal.SIGINT, "repo"), (signal.SIGKILL, "outdated")])
def test_a_start_interrupted_halfway_is_made_good_by_the_next(
    index: PackageIndex, how: signal.Signals, start_in: str, request: pytest.FixtureRequest
) -> None:
    repo: Path = request.getfixturevalue(start_in)
    index.hold()
    interrupted = start([repo / "chat"], index)
    assert index.asked.wait(PATIENCE_S)
    os.killpg(interrupted.pid, how)
    stdout, stderr = interrupted.communicate(timeout=PATIENCE_S)
    index.release()

    again = chat(repo, index)

    assert interrupted.returncode != 0
    assert stdout == ""
    assert ("Interrupted; the next start sets up again." in stderr) == (how is signal.SIGINT)
    assert again.returncode == 0, again.stderr
    assert again.stderr.startswith("Setting up .venv")


def test_an_orphaned_pip_is_waited_for(outdated: Path, index: PackageIndex) -> None:
    """Killing only the parent leaves pip writing; nobody else may touch the environment until it is done."""
    script = outdated / "scripts" / "bootstrap.py"
    set_up = [sys.executable, *map(str, (script, outdated / ".venv", outdated / "requirements.lock"))]
    index.hold()
    parent = start(set_up, index)
    assert index.asked.wait(PATIENCE_S)
    parent.kill()

    second = start(set_up, index)
    assert second.stderr is not None
    assert second.stderr.readline() == "Another start is setting up .venv; waiting for it …\n"
    index.release()
    _, stderr = second.communicate(timeout=PATIENCE_S)
    parent.communicate(timeout=PATIENCE_S)

    assert second.returncode == 0, stderr
    assert stderr.startswith("Setting up .venv")


def test_of_two_at_once_one_sets_up_and_both_start(outdated: Path, index: PackageIndex) -> None:
    index.hold()
    first = start([outdated / "chat"], index)
    assert index.asked.wait(PATIENCE_S)
    second = start([outdated / "chat"], index)
    assert second.stderr is not None
    assert "waiting for it" in second.stderr.readline()
    index.release()

    answers = [process.communicate("", timeout=PATIENCE_S)[0] for process in (first, second)]

    assert [json.loads(answer)["tiny"] for answer in answers] == ["2.0", "2.0"]
    assert index.downloads == 1


WRONG_HASH = lock("2.0").replace("sha256:", f"sha256:{'0' * 8}")[:-9] + "\n"


@pytest.mark.parametrize(
    ("unsafe", "reason"),
    [(WRONG_HASH, "DO NOT MATCH THE HASHES"), ("tiny==2.0\n", "--require-hashes mode")],
    ids=["wrong hash", "no hash"],
)
def test_a_package_that_is_not_what_was_locked_is_refused(
    ready: Path, index: PackageIndex, unsafe: str, reason: str
) -> None:
    (ready / "requirements.lock").write_text(unsafe)

    run = chat(ready, index)

    assert run.returncode == 1
    assert run.stdout == ""
    assert reason in run.stderr
    assert "Setting up .venv failed" in run.stderr
    assert not (ready / ".venv" / "installed.lock").exists()


def test_a_folder_that_is_no_environment_is_left_alone(repo: Path, index: PackageIndex) -> None:
    (repo / ".venv").mkdir()
    (repo / ".venv" / "novel.txt").write_text("Chapter one")

    run = chat(repo, index)

    assert run.returncode == 1
    assert "is not a virtual environment" in run.stderr
    assert (repo / ".venv" / "novel.txt").read_text() == "Chapter one"


def run_with_path(repo: Path, path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", repo / "chat"],
        env={"PATH": str(path)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )


def test_without_any_python_it_says_what_is_needed(repo: Path, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()

    run = run_with_path(repo, tmp_path / "bin")

    assert run.returncode == 2
    assert run.stdout == ""
    assert run.stderr == (
        "Python 3.11 or newer is needed and none was found on PATH; install one"
        " (https://www.python.org/downloads/) and start again.\n"
    )


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ("printf 3.9.6; exit 11", "none was found on PATH, python3 is 3.9.6; install one"),
        ("printf 3.12.3; exit 12", "python3 3.12.3 was found, but without its venv module"),
    ],
)
def test_a_python_that_will_not_do_is_named(repo: Path, tmp_path: Path, answer: str, sentence: str) -> None:
    (tmp_path / "bin").mkdir()
    python = tmp_path / "bin" / "python3"
    python.write_text(f"#!/bin/sh\n{answer}\n")
    python.chmod(0o755)

    run = run_with_path(repo, tmp_path / "bin")

    assert run.returncode == 2
    assert sentence in run.stderr


def test_a_start_that_has_nothing_to_set_up_runs_one_small_program(ready: Path, tmp_path: Path) -> None:
    """So the shell adds nothing that anybody notices; scripts/bench/startup has the figure."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "cmp").symlink_to(shutil.which("cmp") or "/nowhere")

    run = run_with_path(ready, tmp_path / "bin")

    assert run.stderr == ""
    assert json.loads(run.stdout)["tiny"] == "1.0"


def stand_in(venv: Path, lock: Path) -> None:
    """What counts as an environment with that lock, and is the Python of this test."""
    (venv / "bin").mkdir(parents=True)
    python = venv / "bin" / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    shutil.copy(lock, venv / "installed.lock")


def test_deploy_without_a_region_says_so_and_does_nothing(tmp_path: Path) -> None:
    for name in ("deploy", "requirements.lock", "requirements-sam.lock"):
        shutil.copy(ROOT / name, tmp_path / name)
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts")
    stand_in(tmp_path / ".venv", ROOT / "requirements.lock")
    stand_in(tmp_path / ".venv-sam", ROOT / "requirements-sam.lock")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    nowhere = {"AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null"}

    run = subprocess.run([tmp_path / "deploy"], capture_output=True, text=True, check=False, env=environment | nowhere)

    assert run.returncode == 1
    assert run.stdout == ""
    assert "No region is set" in run.stderr
