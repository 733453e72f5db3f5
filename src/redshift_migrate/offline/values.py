"""The values in a request. Each picker gives what it found and the words without it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from typing import Any

from redshift_migrate.models.cluster import KEPT_INDEFINITELY
from redshift_migrate.models.finding import Subject
from redshift_migrate.offline.history import DIGEST
from redshift_migrate.offline.words import (
    COMMA,
    KINDS,
    QUESTION_WORDS,
    Words,
    is_name,
    is_region,
    looks_like_a_name,
    lower,
    phrases,
    vocabulary,
)

Found = tuple[Any, ...]
Picked = tuple[Found, Words]
Picker = Callable[[Words], Picked]

_COUNTED = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
    seventeen eighteen nineteen twenty"""
_NUMBERS = {word: number for number, word in enumerate(_COUNTED.split())} | {"thirty": 30, "sixty": 60, "ninety": 90}
_NUMBERS |= {"a": 1, "an": 1}
_DAYS = {"day": 1, "days": 1, "d": 1, "week": 7, "weeks": 7, "w": 7}
_OTHER_UNITS = vocabulary("month months year years hour hours minute minutes percent gb tb rpu rpus")
_FOREVER = vocabulary("forever indefinitely permanently unlimited infinite indefinite endless")
_AFTER_RETENTION = vocabulary("period time of to at is being = value")
_JOINED_NUMBER = re.compile(r"(-?\d+|[a-z]+(?=-))-?(d|days?|weeks?|w)")
_KEY = re.compile(r"alias/[\w/-]+|mrk-[0-9a-f]+|[0-9a-f]{8}-[0-9a-f-]{27}")
_KEY_ARN = re.compile(r"arn:aws[\w-]*:kms:\S+")

_SUBJECTS = {subject.value.replace("_", " "): subject for subject in Subject} | {
    name.strip(): subject
    for subject, names in {
        Subject.SNAPSHOT_COPY: "snapshot copies, copy, copies",
        Subject.SCHEDULED_QUERIES: "queries",
        Subject.USAGE_LIMITS: "limits",
        Subject.WLM: "wlm queues, queues",
        Subject.TAGS: "tag",
        Subject.MAINTENANCE: "track, tracks, maintenance track",
        Subject.SNAPSHOTS: "snapshot schedules",
        Subject.LOGGING: "logs, audit logging",
        Subject.PARAMETERS: "parameter group",
        Subject.IDENTITY: "roles, iam roles",
        Subject.MONITORING: "alarms",
        Subject.SHARING: "datashares",
    }.items()
    for name in names.split(",")
}
_ONLY, _EXCEPT = vocabulary("only just"), vocabulary("except without excluding but")
_BEFORE_A_REGION = vocabulary("in from within region")
_ENDS_A_LIST = vocabulary("as to into in with namespace workgroup") | {""}
_WITHOUT_DATA = phrases(
    """
    without the data, without its data, without any data, without data, no data, settings only, only the settings,
    only settings, just the settings
    """
)


def first_of(*pickers: Picker) -> Picker:
    """The picker that gives what the first of these finds that finds anything."""

    def pick(words: Words) -> Picked:
        return next((picked for picker in pickers if (picked := picker(words))[0]), ((), words))

    return pick


def _each_that(fits: Callable[[Words, int], object], most: int | None = None) -> Picker:
    """The picker of the words, in lower case, that fit at their place; of the first `most` only."""

    def pick(words: Words) -> Picked:
        return _take(words, set([index for index in range(len(words)) if fits(words, index)][:most]))

    return pick


# --- values ------------------------------------------------------------------------------------------

pick_track = _each_that(lambda words, at: _word(words, at) in ("current", "trailing"))
pick_digest = _each_that(lambda words, at: DIGEST.fullmatch(_word(words, at)))
pick_any_region = _each_that(lambda words, at: is_region(words[at]))
pick_region = _each_that(lambda words, at: is_region(words[at]) and _lead(words, at) in _BEFORE_A_REGION)
"""The region something is in: `in R`, `from R`, `region R`."""


def pick_key(words: Words) -> Picked:
    """A KMS key: an ARN anywhere, an alias or an id after the word key."""

    def read(at: int) -> tuple[str, int] | None:
        named = _KEY.fullmatch(words[at]) and _word(words, at - 1) == "key"
        return (words[at], 1) if named or _KEY_ARN.fullmatch(words[at]) else None

    return _scan(words, read)


def pick_grant(words: Words) -> Picked:
    """A snapshot copy grant, as it is spelled: `grant G`, `the grant called G`, `using G grant`."""
    taken: set[int] = set()
    for index in (index for index in range(len(words)) if _word(words, index) == "grant"):
        after = _skip(words, index + 1, {"named", "called"})
        if after < len(words) and is_name(words[after]):
            taken.add(after)
        elif is_name(_word(words, index - 1)) and _word(words, index - 2) in ("using", "with", "the", "under"):
            taken.add(index - 1)
    return tuple(dict.fromkeys(words[index] for index in sorted(taken))), _take(words, taken)[1]


def pick_retention(words: Words) -> Picked:
    """Days to keep; -1 is forever. Weeks are seven days; months and years are left over, they have no fixed length."""

    def read(at: int) -> tuple[int, int] | None:
        low, following = _word(words, at), _word(words, at + 1)
        joined, number = _JOINED_NUMBER.fullmatch(low), _number(low)
        if low in _FOREVER:
            return KEPT_INDEFINITELY, 1
        if joined and (count := _number(joined[1])) is not None:
            return count * _DAYS[joined[2]], 1
        if number is None:
            return None
        if following in _DAYS:
            return number * _DAYS[following], 2
        is_digits = low.lstrip("-").isdigit() and following not in _OTHER_UNITS
        return (number, 1) if is_digits and _follows_retention(words, at) else None

    return _scan(words, read)


def pick_capacity(words: Words) -> Picked:
    """Base capacity in RPU: `64 RPU`, `64rpu`, `base capacity of 64`."""

    def read(at: int) -> tuple[int, int] | None:
        low = _word(words, at)
        if joined := re.fullmatch(r"(\d+)-?rpus?", low):
            return int(joined[1]), 1
        if low.isdigit() and _word(words, at + 1) in ("rpu", "rpus"):
            return int(low), 2
        return (int(low), 1) if low.isdigit() and "capacity" in lower(words[max(at - 2, 0) : at]) else None

    return _scan(words, read)


def pick_data(words: Words) -> Picked:
    """`none` for a move without data, a snapshot's name where one is named."""

    def read(at: int) -> tuple[str, int] | None:
        phrase = next((each for each in _WITHOUT_DATA if lower(words[at : at + len(each)]) == each), None)
        if phrase:
            return "none", len(phrase)
        named = _word(words, at) in ("from", "using", "with") and _word(words, at + 1) == "snapshot"
        return (words[at + 2], 3) if named and is_name(_word(words, at + 2)) else None

    return _scan(words, read)


def pick_destination(words: Words) -> Picked:
    """The region to copy to: `to R`, `into R`, `destination R`. A word that is no region is taken if none is."""
    after = {
        _skip(words, index + 1, {"the", "region", "destination", "is", "aws"})
        for index in range(len(words))
        if _word(words, index) in ("to", "into", "towards", "destination")
    }
    for fits in (is_region, is_name):
        if taken := {index for index in after if fits(_word(words, index))}:
            return _take(words, taken)
    return (), words


def _subjects_after(leads: frozenset[str]) -> Picker:
    """The picker of subjects listed after one of these words: `except snapshot copy and tags`.

    What is in such a list and no subject comes back in quotes among the words, so that nothing else takes it.
    """

    def pick(words: Words) -> Picked:
        low = lower(words)
        starts = [index for index, word in enumerate(low) if word in _ONLY | _EXCEPT]
        named: Found = ()
        rest = words[: starts[0]] if starts else words
        for start, end in itertools.pairwise([*starts, len(words)]):
            stop = next((index for index in range(start + 1, end) if low[index] in _ENDS_A_LIST), end)
            if low[start] in leads:
                found, unknown = _subjects_in(" ".join(word for word in low[start + 1 : stop] if word != "not"))
                named, rest = named + found, rest + unknown + words[stop:end]
            else:
                rest += words[start:end]
        return tuple(dict.fromkeys(named)), rest

    return pick


pick_only, pick_except = _subjects_after(_ONLY), _subjects_after(_EXCEPT)


def _subjects_in(text: str) -> Picked:
    parts = (" ".join(part.split()) for part in re.split(r" (?:and|or|,|&|nor) |,", f" {text} ".replace("_", " ")))
    names = [re.sub(r"^(?:and |or |the |its |their )+|(?: settings?| configuration)$", "", part) for part in parts]
    named = tuple(_SUBJECTS[name].value for name in names if name in _SUBJECTS)
    return named, tuple(f"“{name}”" for name in names if name not in {*_SUBJECTS, "", "and", "or"})


# --- names -------------------------------------------------------------------------------------------

pick_identifiers = _each_that(lambda words, at: looks_like_a_name(words[at]))
"""Words that can only be names, wherever they stand."""
pick_names_with_digits = _each_that(lambda words, at: is_name(words[at]) and re.search(r"\d", words[at]))
pick_first_name = _each_that(lambda words, at: is_name(words[at]), most=1)
pick_object_name = _each_that(lambda words, at: at and is_name(words[at]) and not any(words[1:at]), most=1)
"""The name right after the verb: `put N on …`."""
pick_last_word = _each_that(lambda words, at: at == len(words) - 1 and is_name(words[at]))
pick_first_word = _each_that(lambda words, at: not at and is_name(words[at]))


def name_after(leads: frozenset[str]) -> Picker:
    """The picker of the first name that follows one of these words."""
    return _each_that(lambda words, at: is_name(words[at]) and _word(words, at - 1) in leads, most=1)


def names_of(kind: str) -> Picker:
    """The picker of names that go with the word of their kind: `namespace N`, `namespaces N and M`, `N namespace`."""

    def pick(words: Words) -> Picked:
        taken: set[int] = set()
        for index in (index for index in range(len(words)) if _word(words, index) in (kind, f"{kind}s")):
            before = {index - 1} if is_name(_word(words, index - 1)) else set()
            taken |= _listed(words, _skip(words, index + 1, {"named", "called", "is"})) or before
        return _take(words, taken)

    return pick


def pick_bare_names(words: Words) -> Picked:
    """Names that follow `for`, `of`, `on` and the like, or own something: `for N`, `of N and M`, `N's`."""
    taken: set[int] = set()
    for index, word in enumerate(words):
        asks = word in ("'s", "'re") and _word(words, index - 1) in QUESTION_WORDS
        if asks or word.lower() in ("for", "of", "on", "from", "about", "does", "is", "are", "has"):
            taken |= _listed(words, _skip(words, index + 1, {"the", "my", "our"}))
        if word == "'s" and is_name(_word(words, index - 1)):
            taken.add(index - 1)
    return _take(words, taken)


def leftover(words: Words, fillers: frozenset[str]) -> Words:
    """The words that are left and are no mere fillers."""
    return tuple(word for word in words if word and word != COMMA and word.lower() not in fillers)


def _word(words: Words, index: int) -> str:
    """The word at a place in lower case, the empty one outside."""
    return words[index].lower() if 0 <= index < len(words) else ""


def _number(word: str) -> int | None:
    return int(word) if re.fullmatch(r"-?\d{1,9}", word) else _NUMBERS.get(word)


def _follows_retention(words: Words, index: int) -> bool:
    before = index - 1
    while _word(words, before) in _AFTER_RETENTION:
        before -= 1
    return _word(words, before) == "retention"


def _lead(words: Words, index: int) -> str:
    before = index - 1
    while _word(words, before) in ("the", "aws", "region") and _word(words, before - 1):
        before -= 1
    return _word(words, before)


def _listed(words: Words, start: int) -> set[int]:
    """Where a list of names stands: `N`, `N and M`, `N, M and cluster L`. A name before its kind ends the list."""
    taken: set[int] = set()
    index = start
    while is_name(_word(words, index)) and not (taken and _word(words, index + 1) in KINDS):
        taken.add(index)
        after = _skip(words, index + 1, {COMMA, "and", "&"})
        if after == index + 1:
            break
        index = after
    return taken


def _skip(words: Words, index: int, skipped: set[str]) -> int:
    while _word(words, index) in skipped:
        index += 1
    return index


def _scan(words: Words, read: Callable[[int], tuple[Any, int] | None]) -> Picked:
    """What `read` finds from left to right: at each place a value and the number of words that it takes."""
    found: list[Any] = []
    rest = list(words)
    for index in range(len(words)):
        if rest[index] and (seen := read(index)):
            found.append(seen[0])
            rest[index : index + seen[1]] = [""] * seen[1]
    return tuple(dict.fromkeys(found)), tuple(rest)


def _take(words: Words, taken: set[int]) -> Picked:
    found = tuple(dict.fromkeys(words[index].lower() for index in sorted(taken)))
    return found, tuple("" if index in taken else word for index, word in enumerate(words))
