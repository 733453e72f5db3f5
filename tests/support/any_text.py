"""Any text at all, made without the table of all characters.

`st.text()` builds that table when it is first drawn from. That takes seconds where it is not cached yet, so that on a
busy machine the first property test of a fresh clone fails because its inputs come too slowly.
"""

from __future__ import annotations

from hypothesis import strategies as st

_CHARACTERS = st.integers(0x20, 0x7E) | st.integers(0, 0xD7FF) | st.integers(0xE000, 0x10FFFF)
"""Plain ones often, and every other that is no half of a pair."""


def any_text(max_size: int) -> st.SearchStrategy[str]:
    """Texts of up to so many characters, of whatever kind."""
    return st.lists(_CHARACTERS.map(chr), max_size=max_size).map("".join)
