"""Tokens of a turn and of a session, and money only where a list price with a date is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from redshift_migrate.agent.events import Usage


@dataclass(frozen=True)
class Price:
    """US dollars for a million tokens; cache writes are those that live five minutes."""

    input: float
    output: float
    cache_read: float
    cache_write: float


PRICES_OF = "2026-10-24"
"""The day for which the list prices below were read. Source: the provider's page "Pricing", table "Model pricing"."""

PRICES = {
    "claude-opus-4-8": Price(5.00, 25.00, 0.50, 6.25),
    "claude-opus-4-7": Price(5.00, 25.00, 0.50, 6.25),
    "claude-opus-4-6": Price(5.00, 25.00, 0.50, 6.25),
    "claude-sonnet-4-6": Price(3.00, 15.00, 0.30, 3.75),
    "claude-sonnet-4-5": Price(3.00, 15.00, 0.30, 3.75),
    "claude-haiku-4-5": Price(1.00, 5.00, 0.10, 1.25),
}


def price_of(model_id: str) -> Price | None:
    """The list price of a model, None when it is not known.

    On Bedrock only global inference profiles cost what the provider lists; regional ones cost more.
    """
    name = model_id.removeprefix("global.anthropic.")
    if "." in name:
        return None
    known = [known for known in PRICES if name == known or name.startswith((f"{known}-2", f"{known}-v"))]
    return PRICES[known[0]] if known else None


@dataclass(frozen=True)
class Spent:
    """Tokens, and what they cost as far as prices are known."""

    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    dollars: float = 0.0
    is_priced: bool = True
    """False as soon as one part of it has no known price: the sum would be too small."""

    def __add__(self, other: Spent) -> Spent:
        return Spent(
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.cache_read_tokens + other.cache_read_tokens,
            self.cache_write_tokens + other.cache_write_tokens,
            self.dollars + other.dollars,
            self.is_priced and other.is_priced,
        )

    @property
    def tokens(self) -> int:
        """All tokens, cached ones included."""
        return self.input_tokens + self.output_tokens + self.cache_read_tokens + self.cache_write_tokens

    def line(self) -> str:
        """One line for people; empty when nothing was used, as with the offline model."""
        if not self.tokens:
            return ""
        parts = [f"{self.input_tokens:,} in", f"{self.output_tokens:,} out"]
        if self.cache_read_tokens or self.cache_write_tokens:
            parts.append(f"{self.cache_read_tokens:,} cached, {self.cache_write_tokens:,} written to the cache")
        money = f", ${self.dollars:.4f} at list prices of {PRICES_OF}" if self.is_priced else ""
        return f"tokens: {', '.join(parts)}{money}"


def spent(usage: Usage) -> Spent:
    """What one turn cost. The provider's input tokens do not include cached ones."""
    counts = (usage.input_tokens, usage.output_tokens, usage.cache_read_tokens, usage.cache_write_tokens)
    price = price_of(usage.model)
    if price is None:
        return Spent(*counts, is_priced=not any(counts))
    rates = (price.input, price.output, price.cache_read, price.cache_write)
    return Spent(*counts, dollars=sum(count * rate for count, rate in zip(counts, rates, strict=True)) / 1_000_000)


@dataclass
class Tally:
    """What the session has cost so far, by model."""

    by_model: dict[str, Spent] = field(default_factory=dict)
    last: Spent = field(default_factory=Spent)

    def count(self, usage: Usage) -> Spent:
        """Add one turn and return what it alone cost."""
        self.last = spent(usage)
        self.by_model[usage.model] = self.by_model.get(usage.model, Spent()) + self.last
        return self.last

    @property
    def total(self) -> Spent:
        """All models together."""
        return sum(self.by_model.values(), Spent())


def context_used(history: Sequence[Any]) -> str:
    """How much of this conversation the model still has before it; nothing before the first turn."""
    if not history:
        return ""
    from redshift_migrate.agent.memory import MOST_TOKENS, tokens_of

    used, messages = tokens_of(history), len(history)
    return (
        f"This conversation: {messages} messages, about {used:,} tokens of {MOST_TOKENS:,}; beyond that what is oldest "
        "is left out, but for plans and runs."
    )
