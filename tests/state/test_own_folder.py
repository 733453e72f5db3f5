"""The state folder is its user's alone; where nothing can be kept, reading goes on and writing says what is missing."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from redshift_migrate.errors import SettingsError
from redshift_migrate.state.files import private_folder, require_own
from redshift_simulator import SimulatedAccount, demo
from redshift_simulator.account import STATE_VERSION
from redshift_simulator.statefile import StateFileError
from tests.terminal.chatting import run_loaded

SOMEBODY_ELSE = 54_321
DAMAGED_ACCOUNTS = ["", "[]", "{", "[" * 200_000, f'{{"version": {STATE_VERSION}}}', "\udcff"]


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077, 0o377])
def test_folders_are_made_for_their_owner_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        made = private_folder(tmp_path / "a" / "b" / "c")
    finally:
        os.umask(before)

    assert {stat.S_IMODE(each.stat().st_mode) for each in (made, made.parent, made.parent.parent)} == {0o700}


@pytest.mark.parametrize("mode", [0o720, 0o702, 0o777, 0o1777])
def test_a_folder_that_others_can_write_is_refused(tmp_path: Path, mode: int) -> None:
    state = tmp_path / "state"
    state.mkdir()
    state.chmod(mode)

    ran = run_loaded(state, "--demo", "list clusters")

    assert ran.code == 2
    assert f"chmod go-w {state}" in ran.err
    assert list(state.iterdir()) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    os.chown(tmp_path, SOMEBODY_ELSE, SOMEBODY_ELSE)
    try:
        with pytest.raises(SettingsError, match="belongs to another user"):
            require_own(tmp_path)
    finally:
        os.chown(tmp_path, os.geteuid(), os.getegid())


@pytest.mark.parametrize("place", ["a file", "/proc/nothing", "/dev/null"])
def test_where_nothing_can_be_kept_reading_goes_on(tmp_path: Path, place: str) -> None:
    state = tmp_path / place if place == "a file" else Path(place)
    if place == "a file":
        state.write_text("x")

    reads = run_loaded(state, "--demo", stdin=b"list clusters\n/clusters\n", more={"HOME": str(tmp_path)})
    plans = run_loaded(state, "--demo", "plan the migration of dev-sandbox", more={"HOME": str(tmp_path)})

    assert (reads.code, reads.out.count("prod-db-1") > 1) == (0, True), reads.err
    assert "no log is kept" in reads.err
    assert "ends with this program" in reads.err
    assert plans.code == 1
    assert "`plan_migration` did not work" in plans.out
    assert str(state) in plans.out
    assert "Traceback" not in reads.err + plans.err


@pytest.mark.parametrize("text", DAMAGED_ACCOUNTS)
def test_a_damaged_account_of_the_demo_is_named(tmp_path: Path, text: str) -> None:
    file = tmp_path / "demo" / "account.json"
    file.parent.mkdir(mode=0o700)
    file.write_text(text, encoding="utf-8", errors="surrogateescape")

    with pytest.raises(StateFileError, match=r"account\.json"):
        SimulatedAccount.load_or_seed(file, demo.seed)
