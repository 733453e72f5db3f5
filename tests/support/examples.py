"""How hard the property tests try: the same examples on every run, or many random ones."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

FIXED, FUZZ = "fixed", "fuzz"
MORE = 10
"""How many times as many examples the fuzz stage tries."""

_SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large)
"""A busy machine is slow and a drawn value may be large; neither says anything about the program."""


def register() -> None:
    """Make both profiles known, and load the one for everybody; `--hypothesis-profile fuzz` comes after and wins."""
    settings.register_profile(FIXED, derandomize=True, deadline=None, suppress_health_check=_SLOW, database=None)
    settings.register_profile(
        FUZZ,
        max_examples=MORE * settings.get_profile(FIXED).max_examples,
        deadline=None,
        suppress_health_check=_SLOW,
        print_blob=True,
    )
    settings.load_profile(FIXED)


def examples(number: int, *, suppress: tuple[HealthCheck, ...] = ()) -> settings:
    """Another number of examples than usual; the fuzz stage tries more of them."""
    factor = 1 if settings.get_current_profile_name() == FIXED else MORE
    return settings(max_examples=number * factor, suppress_health_check=(*_SLOW, *suppress))
