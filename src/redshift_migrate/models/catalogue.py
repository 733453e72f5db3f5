"""The kinds of findings: a stable code for each, whose work it is and when, and where the rule was read.

Groups, checklist, help and docs follow from the lines of `findings.toml`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Literal, NamedTuple, get_args

Group = Literal["stops", "decide", "before", "at_cut_over", "after", "differs", "know"]
"""What a finding asks of whom; in the order in which people are told."""

GROUPS: Mapping[Group, str] = {
    "stops": "Stops it",
    "decide": "Decide",
    "before": "Do by hand, before",
    "at_cut_over": "Do by hand, at the cut-over",
    "after": "Do by hand, after",
    "differs": "Works differently",
    "know": "Good to know",
}
"""The headings."""

WORK: tuple[Group, ...] = ("stops", "decide", "before", "at_cut_over", "after")
"""The groups that are somebody's work."""

When = Literal["before", "at_cut_over", "after"]
Who = Literal["you", "this program", "nobody"]

ANY = "*"
LONGEST_CODE = 40
_NO_WORD = re.compile(r"[^a-z0-9]+")


class Kind(NamedTuple):
    """One line of the catalogue."""

    code: str
    """Lower case words with hyphens; what people type and scripts compare."""
    group: Group
    """That of a warning; a blocker stops it whatever its kind, and an info is only good to know."""
    source: str
    headline: str = ""
    """A finding of this kind in one line, `{on_cluster}` and `{after}` standing for its values."""


def kind_of(subject: str, setting: str) -> Kind:
    """The kind of a finding by what it is about. A setting without a line of its own has its subject's."""
    of_subject = kinds()[subject]
    known = of_subject.get(setting)
    if known is not None:
        return known
    rest = of_subject[ANY]
    return rest if rest.code else rest._replace(code=_slug(setting))


@cache
def kinds() -> Mapping[str, Mapping[str, Kind]]:
    """The whole catalogue: subject → setting → kind. The code of `*` is empty where each setting has its own."""
    return {
        subject: {setting: _kind(setting, *line) for setting, line in (lines | _left_out(subject)).items()}
        for subject, lines in _document().items()
        if isinstance(lines, dict)
    }


@cache
def codes() -> frozenset[str]:
    """Every code that is the same whatever the names are."""
    return frozenset(kind.code for of_subject in kinds().values() for kind in of_subject.values() if kind.code)


@cache
def day_checked() -> str:
    """The day on which the sources were last read, as YYYY-MM-DD."""
    return str(_document()["checked"])


@cache
def done_here() -> frozenset[str]:
    """The codes of what this program does itself."""
    codes = _document()["this_program"]
    return frozenset(codes if isinstance(codes, list) else ())


def left_out(subject: str) -> str:
    """The setting of the finding that a subject was left out."""
    return f"{subject} left out"


def _left_out(subject: str) -> dict[str, object]:
    return {left_out(subject): _document()["left_out"]}


DUE: Mapping[Group, When] = {
    "stops": "before",
    "decide": "before",
    "before": "before",
    "at_cut_over": "at_cut_over",
    "after": "after",
}
"""When the work of a group is due; a group that is not here asks for none."""


def _kind(setting: str, group: Group, source: str, headline: str = "", code: str = "") -> Kind:
    if group not in get_args(Group):
        raise ValueError(f"the catalogue has no group {group!r} ({setting})")
    return Kind(code or ("" if setting == ANY else _slug(setting)), group, source, headline)


def _slug(setting: str) -> str:
    return _NO_WORD.sub("-", setting.lower()).strip("-")[:LONGEST_CODE].rstrip("-")


@cache
def _document() -> dict[str, object]:
    return tomllib.loads(files(__package__).joinpath("findings.toml").read_text(encoding="utf-8"))
