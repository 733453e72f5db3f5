"""Conditions in a request. What depends on something is never done here, in whatever language it is said."""

from __future__ import annotations

import re

_ALWAYS = (
    "unless|only if|in case|provided(?: that)?|providing|assuming|as soon as|as long as|so long as|whenever|once"
    "|on condition",
    "falls|sofern|sobald|wenn|solange",
    "si|s'il|lorsque|dès que|à condition|quand",
    "cuando|siempre que|en cuanto",
    "se|quando|assim que|caso",
    "indien|zodra|mits|tenzij|als",
    "jeśli|gdy|если|когда",
)
"""A language a line: those in which a request is most likely to come."""
_IF = re.compile(
    r"(?<!what )(?<!what happens )(?<!what would happen )(?<!know )(?<!see )(?<!check )(?<!tell me )(?<!wonder )"
    r"(?<![\w'-])if(?![\w'-])"
)
_CONDITION = re.compile(rf"(?<![\w'-])(?:{'|'.join(_ALWAYS)})(?![\w'-])|もし|如果")
_NO_CONDITION = re.compile(r"\b(?:at once|once more|once again|just once|once a (?:day|week|month))\b")
_WHEN = re.compile(
    r"(?<!^)(?<!know )(?<!see )(?<!me )(?<!tell )(?<!and )(?<![\w'-])(?:when|until|till|while|after|before)(?![\w'-])"
    r"|^(?:when|until|after|before|while)(?![\w'-])(?! (?:is|are|was|will|does|do|did|has|have|were|should)\b)"
)
DECIDES_NONE = "it sets a condition ({word}), and I decide none: ask for the fact first, then say what is to be done"


def condition_in(text: str) -> str:
    """The word that makes the request depend on something; empty where nothing does."""
    said = _NO_CONDITION.sub(" ", " ".join(text.lower().split()))
    for pattern in (_IF, _CONDITION, _WHEN):
        if found := pattern.search(said):
            return found[0]
    return ""
