"""How amounts and shares are told, to people and to models alike."""

from __future__ import annotations

from redshift_migrate.models.cost import Estimate, Figure

NOT_IN_FULL = "not known in full"
"""A part of the sum is not known; a sum of the rest would be taken for the whole."""

BAR = 20
"""Characters of a bar."""


def usd(amount: float) -> str:
    """`4,803 USD`; small amounts with cents."""
    return f"{amount:,.0f} USD" if amount >= 100 else f"{amount:,.2f} USD"


def tell_range(amounts: tuple[float, float]) -> str:
    """`1,545 to 2,296 USD`."""
    low, most = amounts
    return f"{usd(low).removesuffix(' USD')} to {usd(most)}"


def tell_figure(figure: Figure) -> str:
    """One amount, or a range."""
    if figure.low is None or figure.most is None:
        return "not known"
    return usd(figure.low) if figure.low == figure.most else tell_range((figure.low, figure.most))


def tell_today(made: Estimate) -> str:
    """What the cluster costs a month."""
    return NOT_IN_FULL if made.today_total is None else usd(made.today_total)


def tell_after(made: Estimate) -> str:
    """What serverless would cost a month."""
    return NOT_IN_FULL if made.after_range is None else tell_range(made.after_range)


def bar(share: float) -> str:
    """A share of 0 to 1 as a bar of text."""
    filled = round(BAR * min(max(share, 0.0), 1.0))
    return f"[{'#' * filled}{'-' * (BAR - filled)}]"
