"""The line under the prompt: where one is, as whom, with which model, and what it has cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redshift_migrate.text import visible

if TYPE_CHECKING:
    from redshift_migrate.terminal.completion import Names
    from redshift_migrate.terminal.desk import Desk


def toolbar_text(desk: Desk, names: Names, region: str) -> str:
    """The most important first: a narrow window cuts the rest off."""
    settings, tokens = desk.settings, desk.tokens
    parts = [
        "SIMULATED" if settings.demo else "",
        "read-only" if settings.read_only else "",
        settings.region or region or "no region yet",
        _who(settings.profile, names.identity, settings.demo),
        settings.model,
        f"session {settings.session}" if settings.session else "",
        f"{tokens:,} tokens" if tokens else "",
    ]
    return " " + " | ".join(visible(part, 60) for part in parts if part)


def _who(profile: str | None, identity: str, is_demo: bool) -> str:
    if is_demo:
        return ""
    return " ".join(part for part in (profile, identity) if part)
