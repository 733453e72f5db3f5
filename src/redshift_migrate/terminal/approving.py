"""Approvals that a person gives: on the command line, in a script, at the prompt. None comes from a model."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from redshift_migrate.agent.approver import Decision
from redshift_migrate.errors import PlanNotFound, PlanNotShown, SettingsError
from redshift_migrate.models.approval import Channel, Consent
from redshift_migrate.models.plan import MigrationPlan
from redshift_migrate.settings import Settings
from redshift_migrate.state.owner import whoami
from redshift_migrate.terminal.planview import SHORT_DIGEST, group_listings
from redshift_migrate.terminal.shown import Listing, Problem, Several, Shown, Table

if TYPE_CHECKING:
    from redshift_migrate.migration.running import Outcome
    from redshift_migrate.terminal.desk import Desk
    from redshift_migrate.terminal.program import Service

_APPROVE_LINE = re.compile(
    r"/?approve\s+(\S+(?:[\s,]+[0-9a-f]{8,64})*|[0-9a-f]{8,64}\s+[a-z][a-z0-9-]{0,62})", re.IGNORECASE
)
DIGEST = re.compile(r"[0-9a-f]{8,64}")
FEW_STEPS = 6
"""Steps of a run that are told one by one."""
WIDTH = 100
"""Characters of a line of what is left to do."""
WHOLE = 64
"""Characters of a whole digest: what is not saved yet is approved by no fewer."""

OnPlan = Callable[[MigrationPlan, Decision], None]


def parse_approve_line(line: str) -> str | None:
    """What a line of the form `approve X` or `/approve X` approves, None for any other line."""
    match = _APPROVE_LINE.fullmatch(line)
    return match[1].lower() if match else None


def approve_command(plan: MigrationPlan, settings: Settings, channel: Channel = "script") -> str:
    """What to type to approve and apply this plan in the same account: in the chat, or in a shell."""
    if channel == "terminal":
        return f"/approve {plan.digest[:SHORT_DIGEST]}"  # which asks for a name where the plan takes one
    options = ["--demo"] if settings.demo else []
    options += ["--profile", settings.profile] if settings.profile else []
    options += ["--endpoint", settings.endpoint] if settings.endpoint else []
    line = shlex.join([*options, "/approve", plan.digest[:SHORT_DIGEST]])
    return f"{settings.command} {line}{' CLUSTER' if plan.must_type else ''}"


def apply_plan(desk: Desk, digest: str, typed: str = "") -> Outcome:
    """Approve a saved plan in the name of whoever is at this desk, and apply it. PlanNotShown if nobody saw it.

    NameNotTyped for one that takes a name, where another or none was typed.
    """
    desk.listen_to_service()
    return desk.program.service.apply(digest, Consent(approved_by=whoami(), channel=desk.channel, typed=typed))


def digest_and_name(text: str) -> tuple[str, str]:
    """What is approved, and the name that was typed behind its digest; without one all of it is the first."""
    digest, _, name = text.strip().partition(" ")
    is_both = bool(DIGEST.fullmatch(digest.lower()) and name.strip() and not digests_in(name))
    return (digest, name.strip()) if is_both else (text, "")


def digests_in(text: str) -> tuple[str, ...]:
    """The digests that are named; nothing where anything else is said among them."""
    words = text.lower().replace(",", " ").split()
    return tuple(words) if all(DIGEST.fullmatch(word) for word in words) else ()


def apply_plans(desk: Desk, digests: Sequence[str]) -> Shown:
    """Approve several saved plans in the name of whoever is at this desk, and apply them side by side.

    PlanNotShown names those that nobody saw; then none of them is begun.
    """
    from redshift_migrate.terminal.fleetview import ends_shown

    service = desk.program.service
    plans = [service.plan(digest) for digest in digests]
    if unseen := [plan.digest[:SHORT_DIGEST] for plan in plans if not service.was_shown(plan.digest)]:
        raise PlanNotShown(
            f"Nobody has seen {', '.join(unseen)} yet, so nothing was approved and none of them was begun.",
            hint="Look at each first: /plan DIGEST.",
        )
    desk.listen_to_service()
    ends = service.apply_each(digests, Consent(approved_by=whoami(), channel=desk.channel))
    failed = tuple(
        Problem(f"{each.plan.title}: {each.message}", each.hint, each.code) for each in ends if not each.outcome
    )
    return Several((ends_shown(ends), *failed))


def outcome_shown(outcome: Outcome) -> Shown:
    """What was done, and read back; what is left to do by hand; what people do next."""
    if outcome.status == "unchanged" or not outcome.migration_id:
        return outcome_table(outcome)
    from redshift_migrate.planner.summary import next_after, work_left

    many = len(outcome.plan.steps)
    table = outcome_table(outcome)
    if many > FEW_STEPS:
        told = f"{many} steps are done; {len(outcome.observed)} of {many} read back from AWS as planned."
        table = replace(table, columns=(), rows=(), note=f"{told}\n{table.note}")
    following = next_after(outcome.plan, outcome.migration_id)
    if not following:
        return table
    left = group_listings(work_left(outcome.plan.findings), WIDTH)
    return Several((table, *left, Listing("", (("Next", following),))))


def outcome_table(outcome: Outcome) -> Table:
    """What was done, each value as AWS answers it now."""
    if outcome.status == "unchanged":
        return Table((), (), title=outcome.plan.title, note="It already is so; nothing was called.")
    from redshift_migrate.planner.rows import tell_read_back

    rows = tuple((step.summary, tell_read_back(step, outcome.observed.get(step.id))) for step in outcome.plan.steps)
    back = f"Migration {outcome.migration_id}"
    if any(step.undo for step in outcome.plan.steps):  # an undo has no way back of its own
        back += f"; it can be taken back with: undo migration {outcome.migration_id}"
    kept = [
        f"Report: {outcome.report}" if outcome.report else "",
        f"For a browser: {outcome.page}" if outcome.page else "",
    ]
    back = "\n".join((*outcome.notes, back, *(line for line in kept if line)))
    return Table(
        ("done", "AWS answers now"),
        rows,
        title=f"Applied: {outcome.plan.title}",
        note=back,
    )


class ScriptedApprover:
    """Decides by what was said before: --yes, --approve, and `approve` lines. Otherwise the plan waits."""

    def __init__(self, settings: Settings, on_plan: OnPlan) -> None:
        self._yes, self._on_plan = settings.yes, on_plan
        self._at_start = settings.approve
        self._said: list[tuple[str, Channel]] = []

    def resolve(self, service: Service) -> tuple[MigrationPlan, ...]:
        """Take what --approve names, before anything is planned in this run: a saved plan that was shown, or any whole
        digest. Returns the plans that nobody has seen, whose approval does not count. SettingsError for a beginning
        that does not name exactly one saved plan.
        """
        unseen = []
        named, self._at_start = self._at_start, ()
        for digest in named:
            try:
                plan = service.plan(digest)
            except PlanNotFound as error:
                if len(digest) < WHOLE:
                    raise SettingsError(
                        f"--approve {digest}: {error.message}",
                        hint="Give the beginning of exactly one saved plan's digest. For a plan that this run is still "
                        "to make, give all 64 characters.",
                    ) from error
                self.remember(digest, "command line")
                continue
            if service.was_shown(plan.digest):
                self.remember(plan.digest, "command line")
            else:
                unseen.append(plan)
        return tuple(unseen)

    def remember(self, digest: str, channel: Channel) -> None:
        """Consent to the plan of exactly that digest, which is still to come."""
        self._said.append((digest, channel))

    async def decide(self, plan: MigrationPlan) -> Decision:
        """Every word of consent counts once; --yes counts for the whole run."""
        decision = self._decision(plan)
        self._on_plan(plan, decision)
        return decision

    def _decision(self, plan: MigrationPlan) -> Decision:
        if plan.must_type:  # no word that was said in advance is the name
            return Decision(approved=None, shown_to=whoami(), channel="script")
        for said in self._said:
            if plan.digest == said[0]:
                self._said.remove(said)
                return Decision(approved=True, approved_by=whoami(), shown_to=whoami(), channel=said[1])
        if self._yes:
            name = f"{whoami()} with --yes"
            return Decision(approved=True, approved_by=name, shown_to=whoami(), channel="command line")
        return Decision(approved=None, shown_to=whoami(), channel="script")
