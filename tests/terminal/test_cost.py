"""Tokens always, money only where a price is known."""

from __future__ import annotations

import pytest

from redshift_migrate.agent.events import Usage
from redshift_migrate.terminal.cost import Spent, Tally, price_of, spent


@pytest.mark.parametrize(
    ("model_id", "known"),
    [
        ("global.anthropic.claude-sonnet-4-6", True),
        ("global.anthropic.claude-haiku-4-5-20251001-v1:0", True),
        ("claude-sonnet-4-6", True),
        ("us.anthropic.claude-sonnet-4-6", False),
        ("claude-sonnet-4-60", False),
        ("llama3.1:8b", False),
        ("", False),
    ],
)
def test_only_listed_models_have_a_price(model_id: str, known: bool) -> None:
    assert (price_of(model_id) is not None) is known


def test_cached_tokens_are_counted_beside_the_input() -> None:
    usage = Usage(
        model="claude-sonnet-4-6",
        input_tokens=1_000_000,
        output_tokens=100_000,
        cache_read_tokens=1_000_000,
        cache_write_tokens=1_000_000,
    )

    assert spent(usage).dollars == pytest.approx(3 + 1.5 + 0.3 + 3.75)


def test_a_sum_with_an_unknown_part_names_no_money() -> None:
    tally = Tally()
    tally.count(Usage(model="claude-sonnet-4-6", input_tokens=1000, output_tokens=10))
    assert "$0.0032" in tally.total.line()

    tally.count(Usage(model="somewhere-else", input_tokens=5, output_tokens=5))
    assert tally.total.line() == "tokens: 1,005 in, 15 out"


def test_a_model_without_tokens_costs_no_line() -> None:
    assert spent(Usage(model="offline")).line() == ""
    assert (Spent() + spent(Usage(model="offline"))).is_priced
