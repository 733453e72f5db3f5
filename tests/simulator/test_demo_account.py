"""The account of --demo, as the program starts and ends it."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from redshift_agent import DemoAccount


def test_an_account_that_does_not_end_is_ended_and_keeps_its_state(tmp_path: Path) -> None:
    account = DemoAccount(tmp_path / "account.json")
    process = account.start()
    account.endpoint_url()
    os.kill(process.pid, signal.SIGSTOP)  # it cannot see that its input ended

    account.stop(patience_s=0.1)

    assert process.returncode == -signal.SIGKILL
    again = DemoAccount(tmp_path / "account.json")
    assert again.endpoint_url().startswith("http://127.0.0.1:")
    again.stop()
