"""How amounts and shares are told, to people and to models alike."""

from __future__ import annotations

BAR = 20
"""Characters of a bar."""


def usd(amount: float) -> str:
    """`4,803 USD`; small amounts with cents."""
    return f"{amount:,.0f} USD" if amount >= 100 else f"{amount:,.2f} USD"


def tell_range(amounts: tuple[float, float]) -> str:
    """`1,545 to 2,296 USD`."""
    low, most = amounts
    return f"{usd(low).removesuffix(' USD')} to {usd(most)}"


def bar(share: float) -> str:
    """A share of 0 to 1 as a bar of text."""
    filled = round(BAR * min(max(share, 0.0), 1.0))
    return f"[{'#' * filled}{'-' * (BAR - filled)}]"
