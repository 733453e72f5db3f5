"""What both keepers promise: what is kept is found again, by its owner alone, and of two at once one loses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from redshift_migrate.errors import MigrationNotFound, PlanNotFound, SessionBusy, StateConflict
from redshift_migrate.migration.running import journal_header
from redshift_migrate.models.approval import Approval
from redshift_migrate.models.journal import JournalEntry
from redshift_migrate.models.plan import MigrationPlan, Wish
from redshift_migrate.models.request import RemoveSnapshotCopy
from redshift_migrate.state.keeper import Keeper
from redshift_migrate.state.owner import Owner

ANA = Owner(principal="arn:aws:iam::123456789012:user/ana", session="s1")
OTHERS = (ANA.model_copy(update={"session": "s2"}), ANA.model_copy(update={"principal": "arn:aws:iam::1:user/eve"}))
NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


def a_plan(title: str = "Stop copying") -> MigrationPlan:
    """A plan; another title makes another digest."""
    request = RemoveSnapshotCopy(region="us-east-2", namespace_name="my-namespace")
    return MigrationPlan(
        account_id="123456789012",
        partition="aws",
        region="us-east-2",
        title=title,
        request=request,
        wish=Wish(title=title),
    )


def an_approval(plan: MigrationPlan) -> Approval:
    """Ana's consent."""
    return Approval(
        plan_digest=plan.digest,
        approved_by=ANA.principal,
        channel="endpoint",
        approved_at=NOW,
        expires_at=NOW + timedelta(hours=1),
    )


def test_a_plan_is_found_by_digest_and_prefix_and_by_nobody_else(keeper: Keeper) -> None:
    store, plan = keeper.store(ANA), a_plan()
    store.save_plan(plan)

    assert store.plan(plan.digest) == plan
    assert store.plan(plan.digest[:8]) == plan
    assert store.newest_plan() == plan
    for wrong in (plan.digest[:7], "0" * 64, "plan#", "../" + plan.digest):
        with pytest.raises(PlanNotFound):
            store.plan(wrong)
    for other in OTHERS:
        assert keeper.store(other).newest_plan() is None
        with pytest.raises(PlanNotFound):
            keeper.store(other).plan(plan.digest)


def test_an_approval_is_spent_once_and_belongs_to_one_owner(keeper: Keeper) -> None:
    store, plan = keeper.store(ANA), a_plan()
    assert not store.spend_approval(plan.digest, "run-1")
    store.save_approval(an_approval(plan))

    assert all(keeper.store(other).approval(plan.digest) is None for other in OTHERS)
    assert not keeper.store(OTHERS[0]).spend_approval(plan.digest, "run-1")
    assert store.approval(plan.digest) == an_approval(plan)
    assert store.spend_approval(plan.digest, "run-1")
    assert not store.spend_approval(plan.digest, "run-2")
    assert store.approval(plan.digest) is None
    store.save_approval(an_approval(plan))
    assert store.approval(plan.digest) is not None


def test_a_journal_is_read_as_it_was_written_by_its_one_writer(keeper: Keeper) -> None:
    store, plan = keeper.store(ANA), a_plan()
    entries = [JournalEntry(at=NOW, event="intent", step_id=f"step-{number}") for number in range(12)]
    with store.start_journal(journal_header(plan, "run-1", an_approval(plan), NOW)) as writer:
        for entry in entries[:6]:
            writer.append(entry)
        with pytest.raises(StateConflict), store.open_journal("run-1"):
            raise AssertionError("two writers")
    with store.open_journal("run-1") as writer:
        for entry in entries[6:]:
            writer.append(entry)
        assert writer.read().entries == tuple(entries)

    assert store.journal("run-1").entries == tuple(entries)
    assert store.migration_ids() == ("run-1",)
    for other in OTHERS:
        assert keeper.store(other).migration_ids() == ()
        with pytest.raises(MigrationNotFound):
            keeper.store(other).journal("run-1")


def test_a_conversation_goes_on_where_it_was_saved(keeper: Keeper) -> None:
    with keeper.lease(ANA) as lease:
        assert (lease.turns, lease.history()) == (0, [])
        assert lease.save([{"role": "user", "content": [{"text": "heron ü"}]}]) == 1
    with keeper.lease(ANA) as lease:
        assert lease.turns == 1
        assert lease.history()[0]["content"] == [{"text": "heron ü"}]
    for other in OTHERS:
        with keeper.lease(other) as lease:
            assert lease.history() == []


def test_a_session_has_one_writer_until_it_is_given_back(keeper: Keeper) -> None:
    with keeper.lease(ANA):
        with pytest.raises(SessionBusy), keeper.lease(ANA):
            raise AssertionError("two writers")
        with keeper.lease(OTHERS[0]):
            pass
    with keeper.lease(ANA):
        pass
