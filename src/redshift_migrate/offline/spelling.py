"""Words that are nearly one of ours. What reads is read as it was meant; what changes is asked about."""

from __future__ import annotations

import difflib

from redshift_migrate.offline.words import CHANGE_VERBS, READ_VERBS, Words, is_ours, vocabulary

_THINGS = vocabulary(
    """
    maintenance snapshot snapshots scheduled queries settings clusters cluster namespace namespaces workgroup workgroups
    retention configuration serverless migration status permissions query usage limits queues track tracks window
    """
)
_ALIKE, _VERB_ALIKE = 0.8, 0.75
_SHORTEST = 4
"""Shorter words are like too many others."""


def mend(words: Words) -> Words:
    """The words with what is nearly a thing, or at the beginning nearly a verb that reads, spelled as it is."""
    first = _nearest(words[0], READ_VERBS, _VERB_ALIKE) if words else ""
    things = tuple(_nearest(word, _THINGS, _ALIKE) or word for word in words)
    return (first, *things[1:]) if first else things


def meant_verb(words: Words) -> str:
    """The verb that changes something which the first word nearly is; empty for none."""
    return _nearest(words[0], CHANGE_VERBS, _ALIKE) if words else ""


def _nearest(word: str, known: frozenset[str], alike: float) -> str:
    low = word.lower()
    if len(low) < _SHORTEST or not low.isalpha() or is_ours(low):
        return ""
    return next(iter(difflib.get_close_matches(low, sorted(known), n=1, cutoff=alike)), "")
