"""Every kind of file that is kept, damaged in every way: our own errors, the file named, and nobody else held up."""

from __future__ import annotations

import asyncio
import contextlib
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from redshift_agent import Program
from redshift_migrate.agent.restoring import usable_history
from redshift_migrate.aws.client import AwsClient
from redshift_migrate.aws.session import PinnedSession
from redshift_migrate.clock import Clock
from redshift_migrate.endpoint.client.remembered import Remembered
from redshift_migrate.errors import (
    JournalMismatch,
    PlanNotFound,
    RedshiftMigrateError,
    StateDamaged,
    StateNotWritten,
)
from redshift_migrate.models.approval import Consent
from redshift_migrate.models.journal import Ticks
from redshift_migrate.models.request import ConfigureSnapshotCopy, SetWorkgroupTrack
from redshift_migrate.settings import Settings
from redshift_migrate.state.audit import AuditLog
from redshift_migrate.state.keeper import FileKeeper
from redshift_migrate.state.shelf import FolderShelf
from redshift_migrate.state.store import FileStore
from redshift_migrate.terminal.commands import answer
from redshift_migrate.terminal.desk import Desk
from redshift_migrate.terminal.shown import Listing, PlanShown, Problem, Several, Table
from redshift_simulator import Clock as SimulatedClock
from redshift_simulator import SimulatedAccount, SimulatedAws, demo
from redshift_simulator.account import DURATIONS_S
from tests.conftest import ENVIRONMENT, LEADS_ELSEWHERE
from tests.state.test_keepers import ANA

REGION = demo.HOME_REGION
COPY = ConfigureSnapshotCopy(
    region=REGION, namespace_name="my-namespace", destination_region="us-west-2", retention_period_days=7
)
MORE = COPY.model_copy(update={"retention_period_days": 9})
TRACK = SetWorkgroupTrack(region=REGION, workgroup_name="my-workgroup", track_name="trailing")
CONSENT = Consent(approved_by="ana", channel="program")
URL = "https://agent.example"


@pytest.fixture(scope="module")
def account() -> Iterator[SimulatedAws]:
    """An account on which nothing takes long, for all tests here."""
    made = SimulatedAccount(clock=SimulatedClock.real(), durations=dict.fromkeys(DURATIONS_S, 0.0))
    demo.seed(made)
    with SimulatedAws(made) as server:
        yield server


@pytest.fixture(scope="module")
def clients(account: SimulatedAws) -> AwsClient:
    """The clients of all programs here: making them takes longer than what is asked of them."""
    return AwsClient(PinnedSession(account.endpoint_url, REGION))


@pytest.fixture
def program(account: SimulatedAws, clients: AwsClient, monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], Program]:
    """The composition root over a state folder."""
    monkeypatch.setattr("redshift_migrate.aws.client.AwsClient", lambda _: clients)
    for name in LEADS_ELSEWHERE:
        monkeypatch.delenv(name, raising=False)
    for name, value in {**ENVIRONMENT, "AWS_ENDPOINT_URL": account.endpoint_url}.items():
        monkeypatch.setenv(name, value)
    return lambda folder: Program(Settings(model="offline", region=REGION, state=str(folder), session="kept"))


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the state is made once that every test damages a copy of."""
    return tmp_path_factory.mktemp("filled") / "state"


@pytest.fixture
def state(program: Callable[[Path], Program], filled: Path, tmp_path: Path) -> Path:
    """Two runs, a plan that waits with its approval, a conversation of each kind, and what is known of an endpoint."""
    if not filled.exists():
        made = program(filled)
        service = made.service
        for request in (COPY, MORE):
            service.apply(service.prepare(request).digest, CONSENT)
        plan = service.prepare(TRACK)
        service.note_shown(plan, "ana", "terminal")
        FileStore(filled).save_ticks(Ticks(plan_digest=plan.digest, done=("host-name",)))
        service.approve(plan.digest, approved_by="ana", channel="program")
        service.plan_fleet(REGION)
        service.estimate_cost("prod-db-1")
        asyncio.run(_one_turn(made))
        with FileKeeper(filled / "served").lease(ANA) as lease:
            lease.save([{"role": "user", "content": [{"text": "hello"}]}])
        Remembered(filled, URL).remember("s1", plan_digest="0" * 64)
    shutil.copytree(filled, tmp_path / "state")
    return tmp_path / "state"


async def _one_turn(made: Program) -> None:
    talk = made.conversation(NOBODY)
    assert [event async for event in talk.turn("list clusters")]
    talk.close()


class Nobody:
    """Approves nothing."""

    async def decide(self, plan: Any) -> Any:
        raise NotImplementedError


NOBODY = Nobody()
MUTATIONS = 60

KINDS = {
    "plan": "plans/*.json",
    "approval": "approvals/*.json",
    "shown": "shown/*.json",
    "ticks": "checklists/*.json",
    "journal": "migrations/*.jsonl",
    "report": "reports/*.md",
    "page": "reports/*.html",
    "fleet": "fleet/*.json",
    "estimate": "estimates/*.json",
    "audit": "audit.jsonl",
    "endpoints": "endpoints.json",
    "served conversation": "served/*/history.json",
    "conversation": "sessions/session_kept/agents/*/messages/message_0.json",
}


READ_BY_WAVES = ("fleet", "plan", "journal", "estimate")
"""Kinds that are looked at when the plans of a wave are made."""


def _in_place_of(make: Callable[[Path], object]) -> Callable[[Path], None]:
    def damage(file: Path) -> None:
        file.unlink()
        make(file)

    return damage


DAMAGES: dict[str, Callable[[Path], object]] = {
    "empty": lambda file: file.write_bytes(b""),
    "truncated": lambda file: file.write_bytes(file.read_bytes()[: file.stat().st_size // 3]),
    "a list": lambda file: file.write_text("[1]\n"),
    "a number": lambda file: file.write_text("7\n"),
    "another object": lambda file: file.write_text('{"format": "x", "messages": [1], "turns": {}}\n'),
    "nested without end": lambda file: file.write_text("[" * 200_000 + "\n"),
    "a huge number": lambda file: file.write_text('{"turns": ' + "9" * 5_000 + "}\n"),
    "not UTF-8": lambda file: file.write_bytes(b"\xff\xfe{}\n\xff\n"),
    "a folder": _in_place_of(Path.mkdir),
    "unreadable": _in_place_of(lambda file: file.symlink_to(file)),
}


def newest(state: Path, kind: str) -> Path:
    """The file of that kind that was written last."""
    return max(state.glob(KINDS[kind]), key=lambda file: file.lstat().st_mtime_ns)


@pytest.mark.parametrize("how", DAMAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_file_is_told_in_our_words_and_holds_nobody_up(
    program: Callable[[Path], Program], state: Path, kind: str, how: str
) -> None:
    file = newest(state, kind)
    DAMAGES[how](file)
    digest, run = (newest(state, each).stem for each in ("plan", "journal"))
    if kind == "approval":
        digest = file.stem
    desk = Desk(program(state), "terminal")

    lines = ["/plan", "/status", "/session", "/clusters", "/verify", f"/fleet in {REGION}"]
    if kind in READ_BY_WAVES or how == "not UTF-8":  # it takes longer than all the others together
        lines.append("/fleet plan 1")
    shown = {line: answer(desk, line) for line in lines}
    named = {line: answer(desk, line) for line in (f"/plan {digest}", f"/permissions {digest}", f"/status {run}")}

    assert isinstance(shown["/plan"], PlanShown)
    assert isinstance(shown["/status"], Listing)
    assert isinstance(shown["/clusters"], Table)
    assert isinstance(shown[f"/fleet in {REGION}"], Several)
    wave = shown.get("/fleet plan 1", shown["/clusters"])
    assert isinstance(wave, Problem if (kind, how) == ("fleet", "a folder") else Table)
    if kind in ("plan", "journal"):
        told = named[f"/plan {digest}" if kind == "plan" else f"/status {run}"]
        assert isinstance(told, Problem)
        assert file.name in told.message
        assert told.hint


@pytest.mark.parametrize("how", DAMAGES)
def test_what_is_asked_for_by_name_names_its_file(state: Path, how: str) -> None:
    """The same through the store, where other programs meet it."""
    plan, run, approval, shown = (newest(state, each) for each in ("plan", "journal", "approval", "shown"))
    for file in (plan, run, approval, shown):
        DAMAGES[how](file)
    store = FileStore(state)

    with pytest.raises((StateDamaged, PlanNotFound), match=plan.name):
        store.plan(plan.stem)
    with pytest.raises(JournalMismatch, match=run.name), store.open_journal(run.stem):
        raise AssertionError("opened")
    assert store.approval(approval.stem) is None
    assert store.showing(shown.stem) is None
    assert [journal.migration_id for journal in store.journals()] != []
    assert store.newest_plan() is not None


@pytest.mark.parametrize("how", DAMAGES)
def test_a_change_waits_for_a_log_that_can_be_written(
    program: Callable[[Path], Program], account: SimulatedAws, state: Path, how: str
) -> None:
    """What cannot be recorded is not done; moved out of the way, a new log begins."""
    log = state / "audit.jsonl"
    DAMAGES[how](log)
    service = program(state).service
    request = COPY.model_copy(update={"retention_period_days": 10 + sorted(DAMAGES).index(how)})
    plan = service.prepare(request)
    before = len(account.account.writes())
    if (
        how == "truncated"
    ):  # its last whole line is whole: a chain with its end cut off goes on, and is found by its head
        return

    with pytest.raises((StateDamaged, StateNotWritten), match=r"audit\.jsonl|audit log"):
        service.apply(plan.digest, CONSENT)

    assert len(account.account.writes()) == before
    log.rename(state / "aside")
    assert service.apply(plan.digest, CONSENT).status == "applied"


@pytest.mark.parametrize("how", DAMAGES)
def test_a_damaged_conversation_is_an_error_of_its_own_session_only(state: Path, how: str) -> None:
    DAMAGES[how](newest(state, "served conversation"))
    keeper = FileKeeper(state / "served")

    with pytest.raises(StateDamaged, match=r"history\.json"), keeper.lease(ANA) as lease:
        lease.history()
    with keeper.lease(ANA.model_copy(update={"session": "s2"})) as lease:
        assert lease.history() == []


@pytest.mark.parametrize("how", DAMAGES)
def test_what_is_known_of_endpoints_begins_anew(state: Path, how: str) -> None:
    DAMAGES[how](state / "endpoints.json")
    known = Remembered(state, URL)

    assert known.newest_plan() is None
    if how == "a folder":  # it stays in the way, and is named
        with pytest.raises(StateNotWritten, match=r"endpoints\.json"):
            known.remember("s2", migration_id="run-1")
        return
    known.remember("s2", migration_id="run-1")
    assert known.session_of(migration_id="run-1") == "s2"


@pytest.mark.parametrize("how", DAMAGES)
def test_a_damaged_conversation_is_set_aside(program: Callable[[Path], Program], state: Path, how: str) -> None:
    DAMAGES[how](newest(state, "conversation"))
    made = program(state)

    talk = made.conversation(NOBODY)
    talk.close()

    assert "damaged-1-session_kept" in talk.notice or talk.history
    asyncio.run(_one_turn(made))


def test_every_kind_of_file_that_is_kept_is_damaged_here(state: Path) -> None:
    """A new kind of file needs a line in KINDS, or a reason to be here."""
    not_read_again = {"*.lock", "*.spent-*", "agent.json", "session.json", "message_*.json"}
    known = {file for pattern in KINDS.values() for file in state.glob(pattern)}
    others = {file for file in state.rglob("*") if file.is_file()} - known
    assert [file for file in others if not any(file.match(pattern) for pattern in not_read_again)] == []


def mutated(data: bytes, source: random.Random) -> bytes:
    """The bytes with a few things changed as disks, editors and strangers change them."""
    changed = bytearray(data)
    for _ in range(source.randrange(1, 4)):
        at = source.randrange(len(changed) + 1)
        end = min(len(changed), at + source.choice([1, 1, 2, 40, 4_000]))
        word = source.choice(
            [b"", b"\x00", b"\xff", b"null", b"[]", b"{}", b"-1", b'"', b"\n", b"9" * 400, changed[at:end] * 2]
        )
        changed[at : source.choice([at, end])] = word
    return bytes(changed)


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_is_in_a_file_it_ends_in_our_own_errors(
    program: Callable[[Path], Program], state: Path, kind: str
) -> None:
    file, source = newest(state, kind), random.Random(kind)
    whole, store, desk = file.read_bytes(), FileStore(state), Desk(program(state), "terminal")
    digest, run = (newest(state, each).stem for each in ("plan", "journal"))
    keeper = FileKeeper(state / "served")

    for _ in range(MUTATIONS):
        file.write_bytes(mutated(whole, source))
        for line in ("/plan", f"/plan {digest} all", "/status", f"/status {run}", "/session"):
            answer(desk, line)  # raises what is not ours
        with contextlib.suppress(RedshiftMigrateError):
            store.approval(file.stem)
        with contextlib.suppress(RedshiftMigrateError):
            store.showing(file.stem)
        with contextlib.suppress(RedshiftMigrateError), keeper.lease(ANA) as lease:
            usable_history(lease.history())
        Remembered(state, URL).newest_plan()
        with contextlib.suppress(RedshiftMigrateError):
            AuditLog(FolderShelf(state), Clock()).record("x", who="ana", session="s", request_id="r", details={})


FOLDERS = ("plans", "approvals", "migrations", "reports", "sessions", ".")


@pytest.mark.parametrize("how", ["a file", "unreadable"])
@pytest.mark.parametrize("folder", FOLDERS)
def test_a_damaged_folder_is_told_in_our_words(
    program: Callable[[Path], Program], state: Path, folder: str, how: str
) -> None:
    path = state / folder
    shutil.rmtree(path)
    path.write_text("no folder") if how == "a file" else path.symlink_to(path)
    made = program(state)
    desk = Desk(made, "terminal")

    for line in ("/plan", "/status", "/session", "/verify", f"/approve {'0' * 12}"):
        answer(desk, line)  # raises nothing but what the process would die of

    assert isinstance(answer(desk, "/clusters"), Table)
    if folder in ("plans", "."):
        with pytest.raises(StateNotWritten, match=str(path.name)):
            made.service.prepare(TRACK)
    else:
        assert made.service.prepare(TRACK).steps
