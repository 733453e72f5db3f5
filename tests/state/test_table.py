"""What only the table can meet: two processes that both believe they hold the journal, lost lines, dead holders."""

from __future__ import annotations

import zlib
from datetime import datetime, timedelta

import pytest

from redshift_migrate.aws.own_parts import SessionBucket
from redshift_migrate.aws.state_table import StateTable
from redshift_migrate.clock import Clock
from redshift_migrate.errors import AwsError, JournalMismatch, PlanNotFound, SessionBusy, StateConflict, StateDamaged
from redshift_migrate.migration.running import journal_header
from redshift_migrate.models.journal import JournalEntry
from redshift_migrate.state.cloud import CloudKeeper
from redshift_migrate.state.table import CONSENT, TableStore
from redshift_simulator import SimulatedAws
from tests.state.test_keepers import ANA, NOW, a_plan, an_approval
from tests.support.own_parts import own_parts

Parts = tuple[StateTable, SessionBucket]


@pytest.fixture
def parts(aws: SimulatedAws) -> Parts:
    """An empty table and bucket."""
    return own_parts(aws)


def at(moment: datetime) -> Clock:
    """A clock that stands still."""
    return Clock(now=lambda: moment)


def entry(step_id: str, moment: datetime = NOW) -> JournalEntry:
    """A line."""
    return JournalEntry(at=moment, event="intent", step_id=step_id)


def test_of_two_writers_of_one_line_the_second_stops(parts: Parts) -> None:
    store = TableStore(parts[0], ANA.key, at(NOW))
    with store.start_journal(journal_header(a_plan(), "run-1", an_approval(a_plan()), NOW)) as first:
        second = TableStore(parts[0], ANA.key, at(NOW + timedelta(hours=2))).hold("run-1", "the lease ran out")
        first.append(entry("a"))
        with pytest.raises(StateConflict):
            second.append(entry("b"))

    assert [line.step_id for line in store.journal("run-1").entries] == ["a"]


def test_a_line_that_was_written_before_the_writer_died_is_its_own(parts: Parts) -> None:
    store = TableStore(parts[0], ANA.key, at(NOW))
    with store.start_journal(journal_header(a_plan(), "run-1", an_approval(a_plan()), NOW)) as writer:
        writer.append(entry("a"))
    again = store.hold("run-1", "worker")
    again.write(0, entry("a", NOW + timedelta(seconds=9)))

    assert store.journal("run-1").entries == (entry("a"),)


def test_a_journal_with_a_lost_line_is_not_believed(parts: Parts) -> None:
    store = TableStore(parts[0], ANA.key, at(NOW))
    with store.start_journal(journal_header(a_plan(), "run-1", an_approval(a_plan()), NOW)) as writer:
        for name in "abc":
            writer.append(entry(name))
    table = parts[0]
    table._client.delete_item(
        TableName=table._table, Key={"group": {"S": CONSENT + ANA.key}, "name": {"S": "line#run#run-1#000000002"}}
    )

    with pytest.raises(JournalMismatch, match="lost lines"):
        store.journal("run-1")


BODIES = {
    "empty": zlib.compress(b""),
    "truncated": zlib.compress(b'{"format": 2, "ti'),
    "a list": zlib.compress(b"[1]"),
    "another object": zlib.compress(b'{"format": "x"}'),
    "an earlier format": zlib.compress(b'{"format": 1}'),
    "not UTF-8": zlib.compress(b"\xff\xfe"),
    "not compressed": b"no body of ours",
}


@pytest.mark.parametrize("how", BODIES)
def test_a_damaged_item_is_told_in_our_words_and_holds_nobody_up(parts: Parts, how: str) -> None:
    whole, spoiled = a_plan(), a_plan("Copy more")
    store = TableStore(parts[0], ANA.key, at(NOW))
    later = TableStore(parts[0], ANA.key, at(NOW + timedelta(seconds=1)))
    for each, name, plan in ((store, "run-1", whole), (later, "run-2", spoiled)):
        each.save_plan(plan)
        each.save_approval(an_approval(plan))
        with each.start_journal(journal_header(plan, name, an_approval(plan), NOW)) as writer:
            writer.append(entry("a"))
    for name in (f"plan#{spoiled.digest}", f"approval#{spoiled.digest}", "run#run-2"):
        spoil(parts[0], name, BODIES[how])

    with pytest.raises((StateDamaged, PlanNotFound)):
        store.plan(spoiled.digest)
    with pytest.raises(JournalMismatch):
        store.hold("run-2", "worker")
    assert store.approval(spoiled.digest) is None
    assert store.newest_plan() == whole
    assert [journal.migration_id for journal in store.journals()] == ["run-1"]


@pytest.mark.parametrize("body", [b"", b"[{", b"[1]", b"\xff", b'{"messages": []}'])
def test_a_damaged_conversation_in_the_bucket_is_named(parts: Parts, body: bytes) -> None:
    keeper = CloudKeeper(*parts, at(NOW))
    with keeper.lease(ANA) as lease:
        lease.save([{"role": "user", "content": [{"text": "hello"}]}])
        parts[1].put(lease._object, body)  # type: ignore[attr-defined]  # where it is, is nobody else's business

    with keeper.lease(ANA) as lease, pytest.raises(StateDamaged, match="sessions/"):
        lease.history()


def spoil(table: StateTable, name: str, body: bytes) -> None:
    """Put another body in an item's place."""
    table._client.update_item(
        TableName=table._table,
        Key={"group": {"S": ANA.key if name.startswith("plan#") else CONSENT + ANA.key}, "name": {"S": name}},
        UpdateExpression="SET body = :b",
        ExpressionAttributeValues={":b": {"B": body}},
    )


def test_the_lease_of_a_dead_process_ends(parts: Parts) -> None:
    early, late = CloudKeeper(*parts, at(NOW)), CloudKeeper(*parts, at(NOW + timedelta(minutes=17)))
    with early.lease(ANA) as dead:
        with late.lease(ANA) as lease:
            lease.save([{"role": "user", "content": [{"text": "late"}]}])
        with pytest.raises(SessionBusy):
            dead.save([{"role": "user", "content": [{"text": "dead"}]}])
    with late.lease(ANA) as lease:
        assert "late" in str(lease.history())


def test_a_run_that_sleeps_keeps_what_it_holds(parts: Parts) -> None:
    store = TableStore(parts[0], ANA.key, at(NOW))
    with store.start_journal(journal_header(a_plan(), "run-1", an_approval(a_plan()), NOW)):
        pass
    store.hold("run-1", "worker")
    store.hold("run-1", "worker")
    with pytest.raises(StateConflict), store.open_journal("run-1"):
        raise AssertionError("two writers")
    store.release("run-1", "worker")
    with store.open_journal("run-1"):
        pass


def test_a_refusal_names_the_part_and_no_foreign_word(parts: Parts) -> None:
    table = StateTable(parts[0]._client, "another-table")

    with pytest.raises(AwsError, match="state table") as caught:
        table.get("group", "name")

    assert caught.value.aws_code == "ResourceNotFoundException"
    assert parts[1].get("nothing") is None
