"""What one caller may use in a day: turns, and tokens of the model."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from redshift_migrate.aws.state_table import StateTable
from redshift_migrate.clock import Clock
from redshift_migrate.errors import LimitReached
from redshift_migrate.models.base import sha256_hex

KEPT = timedelta(days=7)
"""How long a day's counts are kept after it has begun."""


@dataclass(frozen=True)
class Limits:
    """Per caller and day (UTC); 0 is no limit."""

    turns_per_day: int = 0
    tokens_per_day: int = 0


class Quota:
    """Counts in the state table, so that every process counts the same."""

    def __init__(self, table: StateTable, limits: Limits, clock: Clock) -> None:
        self._table, self._limits, self._clock = table, limits, clock

    def begin_turn(self, principal: str) -> None:
        """Count a turn. LimitReached when it is one too many, or the tokens of the day are used up."""
        turns, tokens = self._count(principal, turns=1, tokens=0)
        limits = self._limits
        if limits.turns_per_day and turns > limits.turns_per_day:
            raise self._refusal(f"{limits.turns_per_day:,} turns")
        if limits.tokens_per_day and tokens >= limits.tokens_per_day:
            raise self._refusal(f"{limits.tokens_per_day:,} tokens of the model")

    def add_tokens(self, principal: str, tokens: int) -> None:
        """What a turn has used."""
        self._count(principal, turns=0, tokens=tokens)

    def _count(self, principal: str, *, turns: int, tokens: int) -> tuple[int, int]:
        now = self._clock.now()
        name = f"{now.astimezone(UTC):%Y-%m-%d}"
        counts = self._table.add(
            f"quota#{sha256_hex(principal)}", name, {"turns": turns, "tokens": tokens}, expires_at=now + KEPT
        )
        return counts["turns"], counts["tokens"]

    def _refusal(self, limit: str) -> LimitReached:
        now = self._clock.now().astimezone(UTC)
        tomorrow = datetime(now.year, now.month, now.day, tzinfo=UTC) + timedelta(days=1)
        return LimitReached(
            f"You have used the {limit} that one caller may use in a day. Nothing was asked and nothing was changed.",
            hint=f"It goes on at {tomorrow:%Y-%m-%d %H:%M} UTC. Plans, approvals and runs are not affected.",
            retry_after_s=int((tomorrow - now).total_seconds()),
        )
