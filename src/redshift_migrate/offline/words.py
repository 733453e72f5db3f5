"""The vocabulary of plain requests, and how a text becomes clauses of words.

A clause is one request: a text of words with single blanks between them, punctuation as words of its own.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from redshift_migrate.text import HIDDEN

Words = tuple[str, ...]

END, COMMA, HOLE = ".", ",", "·"
"""Words that are none: the end of a sentence, a comma, and what stands where a value was picked out of a clause."""


def vocabulary(words: str) -> frozenset[str]:
    """The words of a text, as a set."""
    return frozenset(words.split())


def phrases(text: str) -> frozenset[Words]:
    """The phrases of a text, separated by commas, as a set."""
    return frozenset(tuple(phrase.split()) for phrase in text.split(","))


_PHRASES = {
    phrase.strip(): word
    for word, phrases_for_it in {
        "configure": "set up, set-up",
        "enable": "turn on, switch on",
        "disable": "turn off, switch off",
        "remove": "get rid of",
        "cutover": "cut over, cut-over",
        "undo": "roll back, take back, rollback",
        "resume": "go on with, carry on with",
        "proceed": "go ahead, go for it",
        "forever": "for ever, for good, without end, without limit, without expiry, without expiration, never expire, "
        "never delete, no expiration, no expiry",
        "don't": "do not, dont",
        "cross-region": "cross region",
        "too": "as well",
        "only": "nothing but, nothing except, nothing else than, nothing other than",
        "connections_without_ssl": "connections without ssl",
        "wlm": "workload management",
        "plan the migration of": "what if i migrate, what if i migrated, what would happen if i migrate, "
        "what would happen if i migrated, what happens if i migrate, what would happen if we migrate, "
        "what if we migrate",
        "what 's": "what is",
        "what 're": "what are",
    }.items()
    for phrase in phrases_for_it.split(",")
}
"""Several words, or another spelling, for one word of the rules."""

READ_VERBS = vocabulary("get show list display read give tell describe fetch see view print find check inspect")
SET_VERBS = vocabulary("configure set enable create add start make establish activate copy replicate")
UPDATE_VERBS = vocabulary(
    "update change modify adjust increase decrease raise lower reduce extend shorten keep retain alter"
)
REMOVE_VERBS = vocabulary("remove delete disable stop drop deactivate cancel end")
CHANGE_VERBS = SET_VERBS | UPDATE_VERBS | REMOVE_VERBS
CHANGE_VERBS |= vocabulary(
    "put switch move migrate convert apply run execute resume continue undo revert cutover decommission retire proceed"
)
CHANGE_VERBS |= {"approve", "plan", "verify"}
"""Words that ask for a change or a plan. Where one stands, nothing is read instead."""

QUESTION_WORDS = vocabulary("what which where when who whose why how is are does do did has have should shall may")
NEGATIONS = vocabulary("not don't never cannot can't won't shouldn't mustn't doesn't nothing neither nor")
ASKING = READ_VERBS | QUESTION_WORDS
NOT_READING = CHANGE_VERBS - {"copy", "update", "plan"} | NEGATIONS

LAST_WORDS = vocabulary("thanks thank you ok okay please")
_POLITE = vocabulary("please kindly now then also next first finally and ok okay so well just hi hello hey too")
_POLITE_STARTS = phrases(
    """
    can you, could you, would you, will you, i want you to, i want to, i need to, i need you to, i would like to,
    i would like you to, i'd like to, i'd like you to, we want to, we need to, we would like to, let 's, let us,
    let me, make sure to, be so kind and
    """
)
_NOT_A_START = vocabulary("copy keep retain start end plan is are has have do does")
"""Words that begin a request, but after an "and" more often go on with one."""

_GOES_ON = vocabulary("keep keeping retain with using use for in to from as but except without only")
"""A sentence that begins so goes on with the one before it."""

_GRAMMAR = """
    a about after again all an any anything at automated automatic automatically away be been being but by could
    config configuration current currently daily data database date day days deferred destination details does each
    either else every everything excluding for forever full grant grants group groups had hand happens he her here
    hers him his i if inside instead into job jobs keep kept key keys kms know last later least like limit limits line
    live long longer look maintenance manual manually many me might migration migrations mine month months more most
    much must my name named names needed new no none of off old on once one ones only onto or other our out over own
    path pending per percent period plans point points policy provisioned queries query queue queues recovery
    redshift region regions rest retained retaining retention right rpu rpus rule rules same save scheduled schedule
    schedules security serverless setting settings she since snapshot snapshots some something soon source state
    status still such tag tags than thank thanks the their them themselves these they thing things those through till
    time to today tomorrow track tracks trailing under unless until up upgrade upgrades us usage using value values
    version via wait want warehouse's was we week weeks were whether while whole whom will window windows with within
    without wlm would year years yes yesterday yet you your copied copies copying called containing contains matching
    base capacity cross-region track's in on also already two three four five six seven eight nine ten eleven twelve
    can help explain it its that this there cluster clusters namespace namespaces workgroup workgroups
    stopped run runs saved latest newest finished done paused available plan
"""

_NOT_NAMES = vocabulary(_GRAMMAR).union(READ_VERBS, CHANGE_VERBS, QUESTION_WORDS, NEGATIONS, _POLITE)
"""Words that are not taken for a name where a name could stand."""

REGION = r"[a-z]{2}(?:-[a-z]+)+-\d{1,2}(?!\S)"
"""What is spelled like a region; whether it exists is known elsewhere."""
_NAME = re.compile(rf"(?!{REGION}|\d+$)[a-z0-9][a-z0-9_-]*", re.IGNORECASE)

_PHRASE = re.compile(
    r"(?<![\w-])(" + "|".join(sorted(map(re.escape, _PHRASES), key=len, reverse=True)) + r")(?![\w-])", re.IGNORECASE
)
_STRAIGHT = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "«": '"', "»": '"'})


def words_of(text: str) -> Words:
    """The words of a request as typed, punctuation as words of its own, quotes gone.

    A character that hides something becomes a visible one, which then fits no rule.
    """
    typed = text.translate(_STRAIGHT).replace("\n", f" {END} ")
    shown = "".join("�" if unicodedata.category(char) in HIDDEN and char not in "\r\t" else char for char in typed)
    pieces = _PHRASE.sub(lambda phrase: _PHRASES[phrase[1].lower()], shown).split()
    return tuple(word for piece in pieces for word in _split(piece))


def clauses_of(words: Words) -> tuple[Words, ...]:
    """The requests in a text: sentences, and parts that an "and" or a comma joins and that begin anew."""
    parts: list[Words] = [()]
    for index, word in enumerate(words):
        joins = word.lower() in ("and", "then", COMMA)
        if word == END or (joins and parts[-1] and _begins(words[index + 1 :])):
            parts.append(())
        else:
            parts[-1] += (word,)
    clauses: list[Words] = []
    ahead: Words = ()
    for part in filter(None, map(without_courtesy, parts)):
        if clauses and part[0].lower() in _GOES_ON:
            clauses[-1] += part
        elif len(part) in (2, 3) and part[0].lower() in ("in", "for", "on", "from") and not clauses:
            ahead = part  # "in us-east-2, show …"
        else:
            clauses.append(part + ahead)
            ahead = ()
    return tuple(_without_thanks(each) for each in (*clauses, ahead) if each)


def without_courtesy(words: Words) -> Words:
    """The clause without "please", "can you", "I want to" and the like before its first real word."""
    while words:
        low = lower(words)
        start = next((start for start in _POLITE_STARTS if low[: len(start)] == start), ())
        if not start and low[0] not in _POLITE and low[0] != COMMA:
            return words
        words = words[len(start) or 1 :]
    return words


def _without_thanks(words: Words) -> Words:
    return words[: max((at for at, word in enumerate(lower(words), 1) if word not in {COMMA, *LAST_WORDS}), default=1)]


def lower(words: Iterable[str]) -> Words:
    """The words in lower case."""
    return tuple(word.lower() for word in words)


def is_name(word: str) -> bool:
    """True for what can be the name of a cluster, namespace, workgroup or grant."""
    return bool(_NAME.fullmatch(word)) and word.lower() not in _NOT_NAMES


def is_ours(word: str) -> bool:
    """True for a word, in lower case, that the rules or the grammar know."""
    return word in _NOT_NAMES


def words_in(clause: str) -> Words:
    """The words of a clause in lower case."""
    return tuple(clause.lower().split())


def unknown_words(clause: str, fillers: frozenset[str]) -> Words:
    """The words that are left and are no mere fillers."""
    return tuple(word for word in clause.split() if word.lower() not in fillers | {COMMA, HOLE})


def _begins(words: Words) -> bool:
    rest = lower(without_courtesy(words))
    if not rest or rest[0] in _NOT_A_START:
        return rest[:2] in {("copy", "snapshots"), ("copy", "the"), ("plan", "the"), ("plan", "a"), ("start", "the")}
    return rest[0] in READ_VERBS | CHANGE_VERBS | QUESTION_WORDS | {"help", "explain"}


def _split(piece: str) -> list[str]:
    """A piece between blanks as its word and the punctuation that ends it."""
    if piece in ("'s", "'re"):
        return [piece]
    stripped = piece.strip('"`()[]{}<>')
    word = stripped.rstrip('.!?;:,"`)]}>')
    ending = set(stripped[len(word) :])
    after = [END] if ending & set(".!?;") else [COMMA] if "," in ending else []
    if word.lower().endswith("'s") and len(word) > 2:
        return [word[:-2].strip("'"), "'s", *after]
    bare = word.strip("'")
    return [bare, *after] if bare else after
