"""The values in a clause. Each picker gives what it found and the clause with a hole in the place of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from redshift_migrate.models import catalogue
from redshift_migrate.models.choices import CONNECTIONS_WITHOUT_SSL
from redshift_migrate.models.cluster import KEPT_INDEFINITELY
from redshift_migrate.models.finding import Subject
from redshift_migrate.offline.words import HOLE, QUESTION_WORDS, REGION, is_name, phrases

Found = tuple[Any, ...]
Picked = tuple[Found, str]
Picker = Callable[[str], Picked]

_COUNTED = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
    seventeen eighteen nineteen twenty"""
_NUMBERS = {word: number for number, word in enumerate(_COUNTED.split())} | {"thirty": 30, "sixty": 60, "ninety": 90}
_NUMBERS |= {"a": 1, "an": 1}
_FOREVER = "forever|indefinitely|permanently|unlimited|infinite|indefinite|endless"
_MARK = "\x01"
"""Stands before each name while patterns are matched. What hides something is not let into a clause."""
_NAME = rf"{_MARK}\S+"
_UNITS = r"(?:days?|d|weeks?|w|months?|years?|hours?|minutes?|percent|gb|tb|rpus?)(?!\S)"
_KINDS = r"(?:clusters?|namespaces?|workgroups?)(?!\S)"
_NAMES = rf"{_NAME}(?:(?: (?:and|[,&]))+ {_NAME}(?! {_KINDS}))*"
"""A list of names: `N`, `N and M`, `N, M and cluster L`. A name before its kind ends the list."""
_AND = re.compile(" (?:(?:and|[,&]) )+")
_KEY_ID = r"alias/[\w/-]+|mrk-[0-9a-f]+|[0-9a-f]{8}-[0-9a-f-]{27}"
_LEADS = rf"for|of|on|from|about|does|is|are|has|(?:{'|'.join(QUESTION_WORDS)}) (?:'s|'re)"

_SUBJECTS = {subject.value.replace("_", " "): subject.value for subject in Subject} | {
    " ".join(name): subject.value
    for subject, names in {
        Subject.SNAPSHOT_COPY: "snapshot copies, copy, copies",
        Subject.SCHEDULED_QUERIES: "queries",
        Subject.USAGE_LIMITS: "limits",
        Subject.WLM: "wlm queues, queues",
        Subject.TAGS: "tag",
        Subject.MAINTENANCE: "track, tracks, maintenance track",
        Subject.SNAPSHOTS: "snapshot schedules, scheduled snapshots",
        Subject.LOGGING: "logs, audit logging",
        Subject.PARAMETERS: "parameter group",
        Subject.IDENTITY: "roles, iam roles",
        Subject.AUTOMATION: "automations",
        Subject.MONITORING: "alarms",
        Subject.SHARING: "datashares",
    }.items()
    for name in phrases(names)
}
_SUBJECTS[CONNECTIONS_WITHOUT_SSL.replace("_", " ")] = CONNECTIONS_WITHOUT_SSL
_ALSO, _ONLY, _EXCEPT = "including|include|plus|also with|also", "only|just", "except|without|excluding|but|no"
_ENDS_A_LIST = rf"(?= (?:{_ALSO}|{_ONLY}|{_EXCEPT}|of|for|from|as|to|into|in|with|namespace|workgroup|{HOLE})(?!\S)|$)"


def picker(*patterns: str, value: Callable[[re.Match[str]], Any] | None = None, most: int = 0) -> Picker:
    """The picker of what the first of these patterns matches that matches anything; of the first `most` matches only.

    A group `v` or `w` is what is taken, else the whole match. `value` makes a value of a match; without it what is
    taken is a list of values, in lower case.
    """
    blank = f" {_MARK}?"
    texts = (rf"(?<!\S){_MARK}?(?:{pattern.replace(' ', blank)})(?!\S)" for pattern in patterns)
    compiled = [re.compile(text, re.IGNORECASE) for text in texts]

    def pick(clause: str) -> Picked:
        marked = " ".join(f"{_MARK}{word}" if is_name(word) else word for word in clause.split())
        found: list[Any] = []

        def take(match: re.Match[str]) -> str:
            group = next((name for name, taken in match.groupdict().items() if name in "vw" and taken), 0)
            (first, last), (start, end) = match.span(), match.span(group)
            found.extend([value(match)] if value else _AND.split(marked[start:end].lower().replace(_MARK, "")))
            return marked[first:start] + HOLE + marked[end:last]

        rest = next((rest for each in compiled if (rest := each.sub(take, marked, count=most)) != marked), marked)
        return tuple(dict.fromkeys(found)), rest.replace(_MARK, "")

    return pick


def first_of(*pickers: Picker) -> Picker:
    """The picker that gives what the first of these finds that finds anything."""
    return lambda clause: next((picked for pick in pickers if (picked := pick(clause))[0]), ((), clause))


def _as_typed(match: re.Match[str]) -> str:
    """What a group matched; `none` where none did."""
    return next((taken.replace(_MARK, "") for taken in match.groups() if taken), "none")


def _days(match: re.Match[str]) -> int:
    number, unit = match["number"] or match["alone"], match["unit"] or "days"
    if number is None:
        return KEPT_INDEFINITELY
    count = _NUMBERS[number.lower()] if number.lower() in _NUMBERS else int(number)
    return 7 * count if unit.lower().startswith("w") else count


def _subjects_after(leads: str) -> Picker:
    """The picker of subjects listed after one of these words: `except snapshot copy and tags`.

    What is in such a list and no subject comes back in quotes, so that nothing else takes it.
    """
    listed = re.compile(rf"(?<!\S)(?:{leads}) (?P<v>.*?){_ENDS_A_LIST}", re.IGNORECASE)

    def pick(clause: str) -> Picked:
        names = [name for match in listed.finditer(clause) for name in _subject_names(match["v"])]
        known = tuple(dict.fromkeys(_SUBJECTS[name] for name in names if name in _SUBJECTS))
        rest = [listed.sub(HOLE, clause), *(f"“{name.replace(' ', '_')}”" for name in names if name not in _SUBJECTS)]
        return known, " ".join(rest)

    return pick


def _subject_names(text: str) -> list[str]:
    words = " ".join(word for word in text.lower().replace("_", " ").split() if word != "not")
    parts = re.split(r" (?:and|or|,|&|nor)(?= )", f" {words} ")
    names = [re.sub(r"^(?:(?:the|its|their) )+|(?: settings?| configuration)$", "", part.strip()) for part in parts]
    return [name for name in names if name]


pick_also, pick_only, pick_except = map(_subjects_after, (_ALSO, _ONLY, _EXCEPT))
pick_added, pick_left_out = _subjects_after(rf"{_ALSO}|with(?! \d)|add(?! \d)"), _subjects_after(f"{_EXCEPT}|leave out")
"""What is added to a plan that was made before, or left out of it."""
pick_track = picker("current|trailing")
pick_section = picker("settings|findings|steps|calls|permissions", *sorted(catalogue.codes(), key=len, reverse=True))
pick_digest = picker("[0-9a-f]{8,64}")
pick_wave = picker(r"waves? (?:number )?(?P<number>\d{1,3})", value=lambda match: int(match["number"]))
pick_with_cut_over = picker(r"(?:together )?(?:with|and) (?:its|the) cutover", value=lambda _: True)
"""That a cut-over is undone with its migration."""
pick_fresh_data = picker(
    r"(?:and )?(?:with|from|by)(?: (?:a|an|the|its))? (?:fresh|new|last|final)(?: (?:data|snapshot|restore))+",
    value=lambda _: True,
)
"""That a cut-over brings the data of the day along: `with fresh data`, `with a last snapshot`."""
pick_quiet_days = picker(r"(?:with |for )?(?P<number>\d{1,3}) quiet days?", value=lambda match: int(match["number"]))
"""How long nobody may miss a cluster before it is deleted: `with 14 quiet days`."""
pick_exact = picker(
    r"(?P<rows>exactly|exact|by counts?|(?:and )?count(?:ing)?(?: (?:every|all|the))* rows?)"
    r"|(?:and )?(?:(?:compare|sum|comparing)(?: up)? )?(?:by|with|every|all)(?: the)? (?:values?|columns?)",
    value=lambda match: "counts" if match["rows"] else "values",
)
"""How exactly tables are compared: `exactly`, `count every row`, `with values`."""
pick_rpu_seconds = picker(
    r"(?:(?:and )?(?:for|up to|at most|spend|spending|within|it may take))* (?P<number>\d{1,9}) rpu(?:-| )?seconds?",
    value=lambda match: int(match["number"]),
)
"""What an exact comparison may take: `for 480 RPU-seconds`."""
pick_snapshot_kept = picker(
    r"(?:and )?(?:keep|keeping|kept|with) (?:the|its|a) (?:last |final )?snapshot (?:kept )?(?:for )?"
    r"(?P<number>\d{1,4}) days?",
    value=lambda match: int(match["number"]),
)
"""How long the last snapshot is kept: `keep the snapshot for 90 days`."""
pick_clusters_left_out = picker(
    rf"(?:without|except|excluding|leave out|leaving out|but not)(?: (?:the|cluster|clusters))* (?P<v>{_NAMES})"
)
"""Clusters that stay where they are."""
pick_any_region = picker(REGION)
pick_region = picker(rf"(?:in|from|within|region)(?: (?:the|aws|region))* (?P<v>{REGION})")
_TO = "(?:to|into|towards|destination)(?: (?:the|region|destination|is|aws))*"
pick_destination = picker(rf"{_TO} (?P<v>{REGION})", rf"{_TO} (?P<v>{_NAME})")
"""The region to copy to: `to R`, `into R`, `destination R`. A word that is no region is taken if none is."""
pick_key = picker(rf"(?P<v>arn:aws[\w-]*:kms:\S+)|key (?P<w>{_KEY_ID})", value=_as_typed)
pick_grant = picker(
    rf"grant(?: (?:named|called))* (?P<v>{_NAME})",
    rf"(?:using|with|the|under) (?P<v>{_NAME}) grant",
    value=_as_typed,
)
pick_retention = picker(
    rf"{_FOREVER}|(?P<number>-?\d{{1,9}}|(?:{'|'.join(_NUMBERS)})(?= |-))(?: |-)?(?P<unit>days?|d|weeks?|w)"
    rf"|retention(?: (?:period|time|of|to|at|is|being|=|value))* (?P<alone>-?\d{{1,9}})(?! {_UNITS})",
    value=_days,
)
"""Days to keep; -1 is forever. Weeks are seven days; months and years are left over, they have no fixed length."""
pick_capacity = picker(
    r"(?P<number>\d{1,9})(?: |-)?rpus?|capacity(?: \S+)? (?P<alone>\d{1,9})(?: rpus?)?",
    value=lambda match: int(match["number"] or match["alone"]),
)
"""Base capacity in RPU: `64 RPU`, `64rpu`, `base capacity of 64`."""
pick_max_capacity = picker(
    r"(?:at most|up to|max(?:imum)?(?: capacity)?(?: of| at)?) (?P<number>\d{1,9})(?: |-)?(?:rpus?)?",
    value=lambda match: int(match["number"]),
)
"""Maximum capacity in RPU: `at most 128 RPU`, `maximum capacity of 128`."""
pick_data = picker(
    "without (?:(?:the|its|any) )?data|no data|settings only|only (?:the )?settings|just the settings"
    rf"|(?:from|using|with) snapshot (?P<name>{_NAME})",
    value=_as_typed,
)
"""`none` for a move without data, a snapshot's name where one is named."""

pick_bare_names = picker(rf"(?:{_LEADS})(?: (?:the|my|our))* (?P<v>{_NAMES})|{_NAME}(?= 's)")
"""Names that follow `for`, `of`, `on` and the like, or own something: `for N`, `of N and M`, `N's`."""
pick_identifiers = picker(rf"{_MARK}(?:[a-z][a-z0-9]*(?:-[a-z0-9]+)+|[a-z]+[0-9]+)")
"""Words that can only be names, wherever they stand."""
pick_names_with_digits = picker(rf"{_MARK}\S*\d\S*")
pick_any_names = picker(_NAME)
pick_first_name = picker(_NAME, most=1)
pick_object_name = picker(rf"^\S+(?: {HOLE})* (?P<v>{_NAME})")
"""The name right after the verb: `put N on …`."""
pick_name_at_an_end = picker(rf"{_NAME}$", rf"^{_NAME}")
pick_part_of_names = picker(
    r"(?:contains?|containing|like|match(?:es|ing)|named|called|with(?=.* names?(?!\S)))"
    rf"(?: (?:the|a|in|word|text|string|names?|'s|is))* (?P<v>{_NAME})",
    most=1,
)
"""What a name shall contain: `whose name contains X`, `like X`, `with X in the name`."""


def names_of(kind: str) -> Picker:
    """The picker of names that go with the word of their kind: `namespace N`, `namespaces N and M`, `N namespace`."""
    return picker(rf"{kind}s?(?: (?:named|called|is))* (?P<v>{_NAMES})", rf"(?P<v>{_NAME}) {kind}s?")


def name_after(leads: str) -> Picker:
    """The picker of the first name that follows one of these words."""
    return picker(rf"(?:{leads}) (?P<v>{_NAME})", most=1)
