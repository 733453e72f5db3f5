"""A program that ends while something is still loaded ends with its own exit code, whatever that thread is doing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SOURCES = Path(__file__).parents[1] / "src" / "redshift_migrate"
PROGRAM = """
import atexit, sys, time
from redshift_migrate.threads import LeavableThreads, end_with, start_leavable
atexit.register(lambda: print("taken apart", flush=True))
work = {"none": lambda: None, "busy": lambda: time.sleep(60)}[sys.argv[1]]
if sys.argv[2] == "thread":
    start_leavable(work, "loading")
else:
    LeavableThreads().submit(work)
time.sleep(0.2)
sys.stdout.write("said before")
sys.exit(end_with(130))
"""


@pytest.mark.parametrize("begun_by", ["thread", "pool"])
@pytest.mark.parametrize(("work", "said"), [("none", "said beforetaken apart\n"), ("busy", "said before")])
def test_it_ends_with_its_own_code_and_without_being_taken_apart_under_a_thread(
    begun_by: str, work: str, said: str
) -> None:
    ended = subprocess.run([sys.executable, "-c", PROGRAM, work, begun_by], capture_output=True, text=True, timeout=50)
    assert ended.returncode == 130
    assert ended.stdout == said
    assert ended.stderr == ""


def test_every_daemon_thread_of_the_program_is_begun_in_that_one_place() -> None:
    found = [path.name for path in SOURCES.rglob("*.py") if "daemon=True" in path.read_text(encoding="utf-8")]
    assert found == ["threads.py"]
