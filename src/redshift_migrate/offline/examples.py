"""What is said without a tool: what was not understood, what is missing, what can be asked."""

from __future__ import annotations

from redshift_migrate.offline.meaning import Ask, NotUnderstood
from redshift_migrate.text import visible

EXAMPLES: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "Read",
        (
            "list clusters in us-east-2",
            "get maintenance and snapshot settings for prod-db-1 in us-east-2",
            "show serverless settings of namespace my-namespace",
        ),
    ),
    (
        "Change (each change is planned, shown and needs an approval)",
        (
            "configure snapshot copy for namespace my-namespace to us-west-2 with 7 day retention",
            "update snapshot copy for namespace my-namespace to 30 day retention",
            "remove the snapshot copy of namespace my-namespace",
            "set the track of workgroup my-workgroup to trailing",
            "set the same on namespace my-namespace",
        ),
    ),
    (
        "Migrations",
        (
            "migrate prod-db-1 to serverless as namespace my-namespace with 64 RPU",
            "verify the migration of prod-db-1 to namespace my-namespace",
            "status",
        ),
    ),
    ("Help", ("help", "help with snapshot copy")),
)
"""Requests that are understood, by kind. The tests read every one of them."""


def what_is_understood() -> str:
    """The examples, as short Markdown."""
    lines = ["**What I understand** (names and regions are yours to fill in)"]
    for kind, examples in EXAMPLES:
        lines += [f"- {kind}:", *(f"  - `{example}`" for example in examples)]
    return "\n".join(lines)


def say_not_understood(meaning: NotUnderstood) -> str:
    """That nothing was understood and nothing was called, and what would be."""
    part = visible(meaning.part, 200).replace("`", "ˋ").strip()
    quoted = f": `{part}`" if part else "."
    why = f"\nThe reason: {visible(meaning.why, 200)}." if meaning.why else ""
    return f"I did not understand this, so nothing was called{quoted}{why}\n\n{what_is_understood()}"


def ask(meaning: Ask) -> str:
    """The question for the detail that is missing."""
    return f"{meaning.sentence} Nothing was called yet."


def say_not_offered(tools: tuple[str, ...], *, read_only: bool) -> str:
    """That a request was understood but its tool is not there."""
    names = ", ".join(f"`{name}`" for name in tools)
    if read_only:
        return f"This run is read-only: changes are not offered ({names}). Nothing was called."
    return f"This needs {names}, which is not offered here. Nothing was called."
