"""The values in a request. Each function gives what it found and the words without it."""

from __future__ import annotations

import re

from redshift_migrate.models.cluster import KEPT_INDEFINITELY
from redshift_migrate.models.finding import Subject
from redshift_migrate.offline.words import (
    COMMA,
    KINDS,
    QUESTION_WORDS,
    Words,
    is_name,
    is_region,
    looks_like_a_name,
    vocabulary,
)

Found = tuple[str, ...]

_COUNTED = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
    seventeen eighteen nineteen twenty"""
_NUMBERS = {word: number for number, word in enumerate(_COUNTED.split())} | {
    "thirty": 30,
    "sixty": 60,
    "ninety": 90,
    "a": 1,
    "an": 1,
}
_DAYS = {"day": 1, "days": 1, "d": 1, "week": 7, "weeks": 7, "w": 7}
_OTHER_UNITS = vocabulary("month months year years hour hours minute minutes percent gb tb rpu rpus")
_FOREVER = vocabulary("forever indefinitely permanently unlimited infinite indefinite endless")
_AFTER_RETENTION = vocabulary("period time of to at is being = value")
_JOINED_NUMBER = re.compile(r"(-?\d+|[a-z]+(?=-))-?(d|days?|weeks?|w)")

_SUBJECTS: dict[str, Subject] = {
    "snapshot copies": Subject.SNAPSHOT_COPY,
    "copy": Subject.SNAPSHOT_COPY,
    "copies": Subject.SNAPSHOT_COPY,
    "queries": Subject.SCHEDULED_QUERIES,
    "limits": Subject.USAGE_LIMITS,
    "wlm queues": Subject.WLM,
    "queues": Subject.WLM,
    "tag": Subject.TAGS,
    "track": Subject.MAINTENANCE,
    "tracks": Subject.MAINTENANCE,
    "maintenance track": Subject.MAINTENANCE,
    "snapshot schedules": Subject.SNAPSHOTS,
    "logs": Subject.LOGGING,
    "audit logging": Subject.LOGGING,
    "parameter group": Subject.PARAMETERS,
    "roles": Subject.IDENTITY,
    "iam roles": Subject.IDENTITY,
    "alarms": Subject.MONITORING,
    "datashares": Subject.SHARING,
} | {subject.value.replace("_", " "): subject for subject in Subject}


def pick_key(words: Words) -> tuple[Found, Words]:
    """A KMS key: an ARN anywhere, an alias or an id after the word key."""
    taken = {
        index
        for index, word in enumerate(words)
        if re.fullmatch(r"arn:aws[\w-]*:kms:\S+", word)
        or (
            index
            and words[index - 1].lower() == "key"
            and re.fullmatch(r"alias/[\w/-]+|mrk-[0-9a-f]+|[0-9a-f]{8}-[0-9a-f-]{27}", word)
        )
    }
    return _take(words, taken)


def pick_grant(words: Words) -> tuple[Found, Words]:
    """A snapshot copy grant: `grant G`, `the grant called G`, `using G grant`."""
    taken: set[int] = set()
    for index, word in enumerate(words):
        if word.lower() != "grant":
            continue
        after = _skip(words, index + 1, {"named", "called"})
        if after < len(words) and is_name(words[after]):
            taken.add(after)
        elif index > 1 and is_name(words[index - 1]) and words[index - 2].lower() in ("using", "with", "the", "under"):
            taken.add(index - 1)
    return _take(words, taken)


def pick_retention(words: Words) -> tuple[tuple[int, ...], Words]:
    """Days to keep; -1 is forever. Weeks are seven days; months and years are left over, they have no fixed length."""
    found: list[int] = []
    rest = list(words)
    for index, word in enumerate(words):
        low = word.lower()
        following = words[index + 1].lower() if index + 1 < len(words) else ""
        joined = _JOINED_NUMBER.fullmatch(low)
        number = _number(low)
        if low in _FOREVER:
            found.append(KEPT_INDEFINITELY)
            rest[index] = ""
        elif joined and (count := _number(joined[1])) is not None:
            found.append(count * _DAYS[joined[2]])
            rest[index] = ""
        elif number is not None and following in _DAYS:
            found.append(number * _DAYS[following])
            rest[index] = rest[index + 1] = ""
        elif (
            number is not None
            and low.lstrip("-").isdigit()
            and following not in _OTHER_UNITS
            and _follows_retention(words, index)
        ):
            found.append(number)
            rest[index] = ""
    return tuple(dict.fromkeys(found)), tuple(rest)


def pick_destination(words: Words) -> tuple[Found, Words]:
    """The region to copy to: `to R`, `into R`, `destination R`. A word that is no region is taken if none is."""
    for fits in (is_region, is_name):
        taken = {
            after
            for index, word in enumerate(words)
            if word.lower() in ("to", "into", "towards", "destination")
            and (after := _skip(words, index + 1, {"the", "region", "destination", "is", "aws"})) < len(words)
            and fits(words[after])
        }
        if taken:
            found, rest = _take(words, taken)
            return tuple(region.lower() for region in found), rest
    return (), words


def pick_region(words: Words, *, anywhere: bool = False) -> tuple[Found, Words]:
    """The region something is in: `in R`, `from R`, `region R`; with `anywhere` every word that is a region."""
    taken = {
        index
        for index, word in enumerate(words)
        if is_region(word) and (anywhere or _lead(words, index) in ("in", "from", "within", "region"))
    }
    found, rest = _take(words, taken)
    return tuple(dict.fromkeys(region.lower() for region in found)), rest


def pick_names(words: Words, kind: str) -> tuple[Found, Words]:
    """Names that go with the word of their kind: `namespace N`, `namespaces N and M`, `N namespace`."""
    taken: set[int] = set()
    for index, word in enumerate(words):
        if word.lower() not in (kind, f"{kind}s"):
            continue
        after = _skip(words, index + 1, {"named", "called", "is"})
        listed = _listed(words, after)
        if listed:
            taken |= listed
        elif index and is_name(words[index - 1]):
            taken.add(index - 1)
    return _names(words, taken)


def pick_bare_names(words: Words) -> tuple[Found, Words]:
    """Names that follow `for`, `of`, `on` and the like, or own something: `for N`, `of N and M`, `N's`."""
    taken: set[int] = set()
    for index, word in enumerate(words):
        asks = word in ("'s", "'re") and index and words[index - 1].lower() in QUESTION_WORDS
        if asks or word.lower() in ("for", "of", "on", "from", "about", "does", "is", "are", "has"):
            taken |= _listed(words, _skip(words, index + 1, {"the", "my", "our"}))
        if word == "'s" and index and is_name(words[index - 1]):
            taken.add(index - 1)
    return _names(words, taken)


def pick_identifiers(words: Words) -> tuple[Found, Words]:
    """Words that can only be names, wherever they stand."""
    return _names(words, {index for index, word in enumerate(words) if looks_like_a_name(word)})


def pick_capacity(words: Words) -> tuple[tuple[int, ...], Words]:
    """Base capacity in RPU: `64 RPU`, `64rpu`, `base capacity of 64`."""
    found: list[int] = []
    rest = list(words)
    for index, word in enumerate(words):
        low, following = word.lower(), words[index + 1].lower() if index + 1 < len(words) else ""
        joined = re.fullmatch(r"(\d+)-?rpus?", low)
        if joined:
            found.append(int(joined[1]))
            rest[index] = ""
        elif low.isdigit() and following in ("rpu", "rpus"):
            found.append(int(low))
            rest[index] = rest[index + 1] = ""
        elif low.isdigit() and "capacity" in (words[index - 1].lower(), words[index - 2].lower() if index > 1 else ""):
            found.append(int(low))
            rest[index] = ""
    return tuple(dict.fromkeys(found)), tuple(rest)


def subjects_of(words: Words) -> tuple[Found, Words]:
    """The subjects that a list such as `snapshot copy and tags` names, and the words that name none."""
    named: list[str] = []
    unknown: list[str] = []
    for part in re.split(r" (?:and|or|,|&|nor) |,", f" {' '.join(words).lower()} ".replace("_", " ")):
        text = re.sub(r"^(?:and |or |the |its |their )+|(?: settings?| configuration)$", "", " ".join(part.split()))
        if text in _SUBJECTS:
            named.append(_SUBJECTS[text].value)
        elif text not in ("", "and", "or"):
            unknown.append(text)
    return tuple(dict.fromkeys(named)), tuple(unknown)


def leftover(words: Words, fillers: frozenset[str]) -> Words:
    """The words that are left and are no mere fillers."""
    return tuple(word for word in words if word and word != COMMA and word.lower() not in fillers)


def _number(word: str) -> int | None:
    if re.fullmatch(r"-?\d{1,9}", word):
        return int(word)
    return _NUMBERS.get(word)


def _follows_retention(words: Words, index: int) -> bool:
    before = index - 1
    while before > 0 and words[before].lower() in _AFTER_RETENTION:
        before -= 1
    return before >= 0 and words[before].lower() == "retention"


def _lead(words: Words, index: int) -> str:
    before = index - 1
    while before > 0 and words[before].lower() in ("the", "aws", "region") and words[before - 1]:
        before -= 1
    return words[before].lower() if before >= 0 else ""


def _listed(words: Words, start: int) -> set[int]:
    """Where a list of names stands: `N`, `N and M`, `N, M and cluster L`. A name before its kind ends the list."""
    taken: set[int] = set()
    index = start
    while index < len(words) and is_name(words[index]):
        follows = words[index + 1].lower() if index + 1 < len(words) else ""
        if taken and follows in KINDS:
            break
        taken.add(index)
        after = _skip(words, index + 1, {COMMA, "and", "&"})
        if after == index + 1:
            break
        index = after
    return taken


def _skip(words: Words, index: int, skipped: set[str]) -> int:
    while index < len(words) and words[index].lower() in skipped:
        index += 1
    return index


def _names(words: Words, taken: set[int]) -> tuple[Found, Words]:
    found, rest = _take(words, taken)
    return tuple(dict.fromkeys(name.lower() for name in found)), rest


def _take(words: Words, taken: set[int]) -> tuple[Found, Words]:
    found = tuple(dict.fromkeys(words[index] for index in sorted(taken)))
    return found, tuple("" if index in taken else word for index, word in enumerate(words))
