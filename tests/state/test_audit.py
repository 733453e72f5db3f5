"""The audit log: who asked, which plan, who approved, each call with its id, each read-back; and no edit unnoticed."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redshift_migrate.clock import Clock
from redshift_migrate.state.audit import AuditLog, AuditRecord, faults
from redshift_migrate.state.keeper import Keeper
from redshift_migrate.state.shelf import Kind
from redshift_simulator import SimulatedAccount
from tests.endpoint.conftest import COPY, MIGRATOR, Server, approve, ask
from tests.endpoint.conftest import server as server  # the fixture
from tests.state.test_keepers import ANA


class Kept:
    """Lines in memory."""

    def __init__(self) -> None:
        self.kept: list[str] = []

    def add(self, kind: Kind, name: str, number: int, line: str) -> bool:
        if number != len(self.kept):
            return False
        self.kept.append(line)
        return True

    def last(self, kind: Kind, name: str) -> str | None:
        return self.kept[-1] if self.kept else None

    def lines(self, kind: Kind, name: str) -> list[str]:
        return self.kept


def a_chain(length: int = 6) -> list[str]:
    """Lines of some records."""
    kept = Kept()
    log = AuditLog(kept, Clock())
    for number in range(length):
        log.record("asked", who=MIGRATOR, session="s1", request_id=f"r{number}", details={"number": number})
    return kept.kept


def altered(line: str, **changes: Any) -> str:
    """The line with other members, its hash made anew: what a careful forger would write."""
    return AuditRecord.model_validate(json.loads(line) | changes).with_hash().model_dump_json()


FORGERIES: dict[str, Callable[[list[str]], list[str]]] = {
    "a word changed": lambda lines: [*lines[:2], lines[2].replace("asked", "slept"), *lines[3:]],
    "a record made anew": lambda lines: [*lines[:2], altered(lines[2], who="somebody else"), *lines[3:]],
    "a record removed": lambda lines: [*lines[:2], *lines[3:]],
    "the first removed": lambda lines: lines[1:],
    "a record repeated": lambda lines: [*lines[:3], lines[2], *lines[3:]],
    "two swapped": lambda lines: [*lines[:2], lines[3], lines[2], *lines[4:]],
    "one put in": lambda lines: [*lines[:2], altered(lines[2], number=2, request_id="new"), *lines[2:]],
    "the end cut off": lambda lines: lines[:-1],
    "not JSON": lambda lines: [*lines[:2], "{", *lines[3:]],
    "a member added": lambda lines: [*lines[:2], lines[2].replace("{", '{"more": 1, ', 1), *lines[3:]],
    "spaces added": lambda lines: [*lines[:2], lines[2].replace(":", ": ", 1), *lines[3:]],
}


@pytest.mark.parametrize("name", FORGERIES)
def test_every_edit_is_found(name: str) -> None:
    lines = a_chain()
    head = AuditRecord.model_validate_json(lines[-1]).hash
    assert faults(lines, head) == []

    assert faults(FORGERIES[name](lines), head) != []


@given(position=st.integers(0, 10_000), character=st.characters(codec="ascii", exclude_categories=["Cc"]))
def test_no_single_character_can_be_changed(position: int, character: str) -> None:
    text = "\n".join(a_chain(3))
    at = position % len(text)
    changed = text[:at] + character + text[at + 1 :]

    assert (faults(changed.split("\n")) == []) == (changed == text)


def test_many_at_once_make_one_chain(keeper: Keeper) -> None:
    def write(name: str) -> None:
        log = keeper.audit(ANA)
        for number in range(5):
            log.record("asked", who=name, session="s1", request_id=str(number), details={})

    threads = [threading.Thread(target=write, args=(str(number),)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    lines = keeper.audit(ANA).lines()
    assert len(lines) == 20
    assert faults(lines) == []


def test_a_change_leaves_all_of_its_trail(server: Server, account: SimulatedAccount) -> None:
    async def talk(client: Any) -> None:
        asked = await ask(client, "configure_serverless_snapshot_copy " + json.dumps(COPY))
        await approve(client, asked.json()["approval_required"]["plan_digest"])

    server.run(talk)
    assert server.runner is not None
    server.runner.wait()

    owner = ANA.model_copy(update={"principal": MIGRATOR})
    lines = server.keeper.audit(owner).lines()
    records = [AuditRecord.model_validate_json(line) for line in lines]
    events = [record.event for record in records]
    assert faults(lines, records[-1].hash) == []
    order = [events.index(each) for each in ("asked", "planned", "approved", "run:intent", "called", "run:done")]
    assert order == sorted(order)
    assert events[-1] == "run:finished"
    called = records[events.index("called")]
    assert called.details["operation"] == "redshift-serverless:CreateSnapshotCopyConfiguration"
    assert called.details["aws_request_id"]
    assert called.who == f"run of {MIGRATOR}"
    assert records[events.index("approved")].who == MIGRATOR
    assert records[events.index("run:done")].details["observed"]
    reads = [
        call
        for record in records
        if record.event == "read"
        for call in json.loads(record.model_dump_json())["details"]["calls"]
    ]
    made = [record.details for record in records if record.event == "called"]
    assert len(reads) + len(made) == len(account.calls)
