"""The limit on what a test may cost holds, and a slow machine is no reason to fail."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.budget import EXPENSIVE, LIMIT_S, MARGIN, Budget, cpu_s

ROOT = Path(__file__).parents[1]
TEST = "tests/test_some.py::test_something"
OVER_S = LIMIT_S * MARGIN + 1

CONFTEST = """
from tests.support.budget import Budget

def pytest_configure(config):
    config.pluginmanager.register(Budget(0.2, {"test_costs.py::test_named": "It has to."}, pace=lambda: 1.0))
"""
TESTS = """
import subprocess, sys, time
import pytest

BURN = "import time\\nwhile time.process_time() < 1: pass"

def burn():
    exec(BURN.replace("< 1", f"< {time.process_time() + 0.5}"))

@pytest.fixture(scope="module")
def shared(): burn()

@pytest.fixture
def own(): burn()

def test_cheap(): pass
def test_waits(): time.sleep(0.5)
def test_shares(shared): pass
def test_named(): burn()
def test_burns(): burn()
def test_sets_up(own): pass
def test_has_a_child(): subprocess.run([sys.executable, "-c", BURN])
def test_leaves_a_child():
    burns_then_sleeps = BURN + "\\nprint(flush=True)\\ntime.sleep(1)"
    child = subprocess.Popen([sys.executable, "-c", burns_then_sleeps], stdout=subprocess.PIPE)
    child.stdout.readline()
"""


def test_a_test_over_the_limit_fails_and_only_such_a_one(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "test_costs.py").write_text(TESTS)
    command = [sys.executable, "-m", "pytest", "-rE", "-p", "no:cacheprovider", "-c", "/dev/null", "--rootdir", "."]
    run = subprocess.run(
        [*command, "test_costs.py"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )

    named = [line.split("::")[1].split(" ")[0] for line in run.stdout.splitlines() if line.startswith("ERROR test_")]
    has_proc = Path("/proc/self/task").is_dir()
    assert named == ["test_burns", "test_sets_up", "test_has_a_child", *["test_leaves_a_child"] * has_proc], run.stdout
    assert "8 passed" in run.stdout
    assert "name it with its reason" in run.stdout


@pytest.mark.parametrize(
    ("cost_s", "pace", "fails"), [(OVER_S, 1.0, True), (OVER_S, 1.2, False), (LIMIT_S, 1.0, False)]
)
def test_where_all_work_takes_longer_a_test_may_too(cost_s: float, pace: float, fails: bool) -> None:
    assert (Budget(pace=lambda: pace).complaint(TEST, cost_s) is not None) == fails


def test_every_exception_has_a_reason_and_a_test() -> None:
    for test, reason in EXPENSIVE.items():
        file, _, function = test.partition("::")
        assert f"def {function}(" in (ROOT / file).read_text(), test
        assert reason.endswith(".")


def test_sleeping_costs_nothing() -> None:
    before_s = cpu_s()
    time.sleep(0.2)

    assert cpu_s() - before_s < 0.15
