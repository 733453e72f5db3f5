"""A plain request → what it means. Pure: the same text after the same conversation always means the same."""

from __future__ import annotations

from dataclasses import replace

from redshift_migrate.offline.carried import read_carried
from redshift_migrate.offline.changes import read_copy_change, read_track_change
from redshift_migrate.offline.facts import Facts
from redshift_migrate.offline.intents import Ask, Call, Calls, Intent, NotUnderstood, Say
from redshift_migrate.offline.migrations import (
    read_affirmation,
    read_apply,
    read_migrate,
    read_migration_run,
    read_status,
    read_verify,
)
from redshift_migrate.offline.reads import read_clusters, read_help, read_settings
from redshift_migrate.offline.slots import pick_region, pick_retention
from redshift_migrate.offline.words import (
    COMMA,
    END,
    LONGEST_REQUEST,
    NEGATIONS,
    Words,
    clauses_of,
    is_name,
    lowered,
    vocabulary,
    words_of,
)

_THANKS = frozenset(
    {
        *("thanks", "thank you", "thanks a lot", "thank you very much", "many thanks", "thx", "cheers"),
        *("ok", "okay", "k", "fine", "good", "great", "perfect", "nice", "cool", "well done", "i see", "alright"),
        *("got it", "understood", "all right", "very good", "that 's all", "that 's fine", "that 's it", "bye", "ta"),
    }
)
_GREETINGS = frozenset({"hi", "hello", "hey", "good morning", "good afternoon", "good evening", "hi there"})
_NO = frozenset(
    {
        *("no", "n", "nope", "no thanks", "no thank you", "never mind", "nevermind", "not now", "don't", "cancel"),
        *(
            "stop",
            "abort",
            "don't apply it",
            "don't proceed",
            "forget it",
            "no don't",
            "leave it",
            "wait",
            "don't proceed",
        ),
    }
)
_LAST_WORDS = vocabulary("thanks thank you ok okay please")


def read_request(text: str, facts: Facts) -> Intent:
    """The meaning of a request in its conversation. Either every part of it is understood, or nothing is called."""
    return _completed(text, facts) or _read(text, facts)


def _read(text: str, facts: Facts) -> Intent:
    if len(text) > LONGEST_REQUEST:
        return NotUnderstood(f"{text[:60]}…", "it is too long for fixed rules")
    words = words_of(text)
    whole = " ".join(word for word in lowered(words) if word not in (END, COMMA))
    if said := _small_talk(whole) or read_affirmation(whole, facts):
        return said
    joined = whole.split(" ")[0] in ("and", "also", "plus", "or") if whole else False
    clauses = tuple(each for each in clauses_of(words) if not _is_courtesy(each)) or clauses_of(words)
    if not clauses:
        return NotUnderstood(text.strip())
    calls: list[Call] = []
    for clause in clauses:
        before = facts.and_then(calls) if calls else facts
        meaning = _read_clause(_without_thanks(clause), before, joined=joined or bool(calls))
        if isinstance(meaning, NotUnderstood) and len(clauses) == 1:
            return replace(meaning, part=text.strip())
        if not isinstance(meaning, Calls):
            return meaning
        calls += [each for each in meaning.calls if each not in calls]
    return Calls(tuple(calls))


def _read_clause(words: Words, facts: Facts, *, joined: bool) -> Intent:
    if not words:
        return NotUnderstood("")
    low = lowered(words)
    if low[0] in ("approve", "approved", "approval", "confirm", "confirmed"):
        return Say(
            "An approval does not go through the model: it is asked for at the prompt, or given with a line "
            "`approve DIGEST`, with `--approve DIGEST`, or with `/approve DIGEST`. Nothing was changed."
        )
    meaning = (
        read_status(words)
        or read_help(words)
        or read_carried(words, facts, joined=joined)
        or read_track_change(words, facts)
        or read_copy_change(words, facts)
        or read_apply(words, facts)
        or read_migrate(words, facts)
        or read_migration_run(words, facts)
        or read_verify(words, facts)
        or read_clusters(words)
        or read_settings(words, facts)
        or NotUnderstood(" ".join(word for word in words if word))
    )
    if isinstance(meaning, Calls) and any(each.changes for each in meaning.calls) and set(low) & NEGATIONS:
        return NotUnderstood(" ".join(words), "it says not to")
    return meaning


def _completed(text: str, facts: Facts) -> Intent | None:
    """The request before, when it lacked one detail and this text is exactly that detail."""
    before = facts.last
    if not before.text or before.done:
        return None
    asked = _read(before.text, Facts(facts.turns[:-1]))
    detail = _detail(text, asked) if isinstance(asked, Ask) else None
    if detail is None:
        return None
    meaning = _read(f"{before.text.rstrip(' .?!,;')} {detail}", Facts(facts.turns[:-1]))
    return meaning if isinstance(meaning, Calls | Ask) else None


def _detail(text: str, asked: Ask) -> str | None:
    words = tuple(word for word in words_of(text) if word not in (END, COMMA))
    bare = tuple(word for word in lowered(words) if word not in ("the", "for", "of", "on", "to", "in", "it", "is"))
    if asked.missing in ("cluster", "namespace", "workgroup", "migration"):
        bare = tuple(word for word in bare if word != asked.missing)
        return f"{asked.missing} {bare[0]}" if len(bare) == 1 and is_name(bare[0]) else None
    if asked.missing == "destination":
        regions, rest = pick_region(bare, anywhere=True)
        return f"to {regions[0]}" if len(regions) == 1 and not any(word for word in rest if word != "region") else None
    if asked.missing == "retention":
        days, rest = pick_retention(("retention", "of", *bare) if len(bare) == 1 else bare)
        extra = any(word not in ("", "keep", "them", "retention", "of", "with") for word in rest)
        return f"with {days[0]} day retention" if len(days) == 1 and not extra else None
    return f"to {bare[-1]}" if bare and bare[-1] in ("current", "trailing") else None


def _small_talk(whole: str) -> Say | None:
    if whole in _NO:
        return Say("All right. Nothing was changed by that; a plan that was made stays saved.")
    if whole in _GREETINGS:
        return Say("Hello. Ask for a cluster's settings, or say what to change; `help` shows what I understand.")
    if whole in _THANKS or (whole and set(whole.split()) <= _LAST_WORDS | {"thx", "great"} and whole != "please"):
        return Say("You are welcome. Nothing was called.")
    return None


def _is_courtesy(words: Words) -> bool:
    return _small_talk(" ".join(lowered(words))) is not None and lowered(words) not in {("stop",), ("cancel",)}


def _without_thanks(words: Words) -> Words:
    end = len(words)
    while end > 1 and (words[end - 1].lower() in _LAST_WORDS or words[end - 1] == COMMA):
        end -= 1
    return words[:end]
