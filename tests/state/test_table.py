"""What only the table can meet: two processes that both believe they hold the journal, lost lines, dead holders."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from redshift_migrate.aws.own_parts import SessionBucket
from redshift_migrate.aws.state_table import StateTable
from redshift_migrate.clock import Clock
from redshift_migrate.errors import AwsError, JournalMismatch, SessionBusy, StateConflict
from redshift_migrate.migration.running import journal_header
from redshift_migrate.models.journal import JournalEntry
from redshift_migrate.state.cloud import CloudKeeper
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
    store = CloudKeeper(*parts, at(NOW)).store(ANA)
    with store.start_journal(journal_header(a_plan(), "run-1", an_approval(a_plan()), NOW)) as first:
        second = CloudKeeper(*parts, at(NOW + timedelta(hours=2))).store(ANA).hold("run-1", "the lease ran out")
        first.append(entry("a"))
        with pytest.raises(StateConflict):
            second.append(entry("b"))

    assert [line.step_id for line in store.journal("run-1").entries] == ["a"]


def test_a_line_that_was_written_before_the_writer_died_is_its_own(parts: Parts) -> None:
    store = CloudKeeper(*parts, at(NOW)).store(ANA)
    with store.start_journal(journal_header(a_plan(), "run-1", an_approval(a_plan()), NOW)) as writer:
        writer.append(entry("a"))
    again = store.hold("run-1", "worker")
    again.write(0, entry("a", NOW + timedelta(seconds=9)))

    assert store.journal("run-1").entries == (entry("a"),)


def test_a_journal_with_a_lost_line_is_not_believed(parts: Parts) -> None:
    store = CloudKeeper(*parts, at(NOW)).store(ANA)
    with store.start_journal(journal_header(a_plan(), "run-1", an_approval(a_plan()), NOW)) as writer:
        for name in "abc":
            writer.append(entry(name))
    table = parts[0]
    table._client.delete_item(
        TableName=table._table, Key={"group": {"S": ANA.key}, "name": {"S": "line#run#run-1#000000002"}}
    )

    with pytest.raises(JournalMismatch, match="lost lines"):
        store.journal("run-1")


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
    store = CloudKeeper(*parts, at(NOW)).store(ANA)
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
