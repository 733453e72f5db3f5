"""What must hold before anything runs: a plan that was shown, consent to it that one run spends; the same account."""

from __future__ import annotations

from redshift_migrate.clock import Clock
from redshift_migrate.errors import ApprovalRequired, JournalMismatch, NameNotTyped, PlanBlocked, PlanNotShown
from redshift_migrate.models.approval import VALID_FOR, Approval, Channel, Consent, Showing
from redshift_migrate.models.journal import Journal
from redshift_migrate.models.plan import MigrationPlan
from redshift_migrate.state.store import Store


class Approvals:
    """The only place where a stored approval is made, looked at, spent or withdrawn."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    def grant(self, plan: MigrationPlan, consent: Consent) -> Approval:
        """Store a person's consent. PlanBlocked for a plan that may not be applied, PlanNotShown if nobody saw it."""
        refuse_blocked(plan)
        require_shown(self._store, plan, consent)
        require_name(plan, consent)
        now = self._clock.now()
        approval = Approval(
            plan_digest=plan.digest,
            approved_by=consent.approved_by,
            channel=consent.channel,
            approved_at=now,
            expires_at=now + VALID_FOR,
        )
        self._store.save_approval(approval)
        return approval

    def live(self, digest: str) -> Approval | None:
        """The approval that would let this plan run now."""
        approval = self._store.approval(digest)
        return approval if approval is not None and approval.allows(digest, self._clock.now()) else None

    def spend(self, plan: MigrationPlan, migration_id: str) -> Approval:
        """Take the approval for this run. ApprovalRequired when there is none, or another run took it first."""
        approval = self.live(plan.digest)
        if approval is None or not self._store.spend_approval(plan.digest, migration_id):
            raise require_approval(plan)
        return approval

    def withdraw(self, digest: str) -> None:
        """An approval that started no run lets none begin later."""
        self._store.spend_approval(digest, f"withdrawn-{self._clock.now():%Y%m%d-%H%M%S-%f}")


def require_approval(plan: MigrationPlan) -> ApprovalRequired:
    """The error that says which plan waits for consent, and how to give it."""
    short = plan.digest[:12]
    return ApprovalRequired(
        f"{plan.title}: the plan is made and nothing was changed, because nobody has approved it yet.",
        hint=f"Approve exactly this plan with: /approve {short}",
        plan_digest=plan.digest,
        title=plan.title,
    )


def note_shown(store: Store, clock: Clock, plan: MigrationPlan, shown_to: str, channel: Channel) -> None:
    """Keep that our rendering of the plan reached somebody."""
    store.save_showing(Showing(plan_digest=plan.digest, shown_at=clock.now(), shown_to=shown_to, channel=channel))


def require_shown(store: Store, plan: MigrationPlan, consent: Consent) -> None:
    """PlanNotShown unless somebody has seen the plan. A program that is a channel by itself has shown it by itself."""
    if consent.channel != "program" and store.showing(plan.digest) is None:
        raise PlanNotShown(
            f"{plan.title}: nothing was approved and nothing was changed, because this plan was not shown yet.",
            hint=f"Read the plan, and approve it then: /approve {plan.digest[:12]}",
            plan_digest=plan.digest,
        )


def require_name(plan: MigrationPlan, consent: Consent) -> None:
    """NameNotTyped unless the person typed the name of what the plan ends, where it takes one, and none elsewhere."""
    if consent.typed and not plan.must_type:
        raise NameNotTyped(
            f"{plan.title}: nothing was approved and nothing was changed, because {consent.typed!r} was typed behind "
            "its digest, and this plan takes no name there.",
            hint=f"Approve it by its digest alone: /approve {plan.digest[:12]}",
            plan_digest=plan.digest,
        )
    if consent.typed != plan.must_type:
        raise NameNotTyped(
            f"{plan.title}: nothing was approved and nothing was changed, because the name of what it ends was "
            f"{'not typed' if not consent.typed else 'typed as ' + repr(consent.typed)}.",
            hint=f"Type it behind the digest, as the plan spells it: /approve {plan.digest[:12]} CLUSTER",
            plan_digest=plan.digest,
        )


def refuse_blocked(plan: MigrationPlan) -> None:
    """PlanBlocked if any finding of the plan is a blocker."""
    if plan.blockers:
        raise PlanBlocked(
            f"{plan.title}: this plan cannot be applied. {plan.blockers[0].message} Nothing was changed.",
            hint="Resolve the blockers and ask for a new plan.",
            findings=[finding.as_compact_json() for finding in plan.blockers],
        )


def require_same_account(journal: Journal, account_id: str) -> None:
    """JournalMismatch if the run belongs to another account."""
    header = journal.header
    if header.account_id != account_id:
        raise JournalMismatch(
            f"Migration {header.migration_id} belongs to account {header.account_id}, and these credentials are of "
            f"{account_id}. Nothing was done.",
            hint="Use the credentials of that account.",
        )
