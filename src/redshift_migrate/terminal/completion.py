"""What Tab offers: commands and their arguments while they are typed, names from the account on request."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from redshift_migrate.terminal.commands import COMMANDS, split
from redshift_migrate.terminal.registry import Offer
from redshift_migrate.text import visible
from redshift_migrate.threads import start_leavable

if TYPE_CHECKING:
    from redshift_migrate.models.place import Place
    from redshift_migrate.terminal.desk import Desk

FRESH_FOR_S = 60.0
FIRST_WORDS = tuple(
    """list clusters
get maintenance and snapshot settings for
show
plan the migration of
migrate
verify
configure snapshot copy for namespace
update snapshot copy for namespace
remove the snapshot copy of namespace
set the track of workgroup
cut over the scheduled queries of migration
resume migration
undo migration
status
help with""".splitlines()
)
"""How requests begin."""


class Names:
    """Names that completion knows. They are read aside; until they are there, nothing is offered."""

    def __init__(self, desk: Desk, on_change: Callable[[], None]) -> None:
        self._desk, self._on_change = desk, on_change
        self._read_at: tuple[str | None, float] = ("", -FRESH_FOR_S)
        self._busy = threading.Lock()
        self.clusters: tuple[str, ...] = ()
        self.namespaces: tuple[str, ...] = ()
        self.regions: tuple[str, ...] = ()
        self.topics: tuple[str, ...] = ()
        self.tools: tuple[str, ...] = ()
        self.runs: tuple[str, ...] = ()
        self.place: Place | None = None
        self.trouble = ""
        """Why no names are known, in a few words."""

    def refresh(self) -> None:
        """Read the names again in a thread, if they are not fresh."""
        region, read_at = self._read_at
        if region != self._desk.settings.region or time.monotonic() - read_at > FRESH_FOR_S:
            start_leavable(self._read, "names")

    def _read(self) -> None:
        if not self._busy.acquire(blocking=False):
            return
        try:
            self._read_at = (self._desk.settings.region, time.monotonic())
            self._read_account()
        finally:
            self._busy.release()
            self._on_change()

    def _read_account(self) -> None:
        from redshift_migrate.agent.help import HELP_TOPICS
        from redshift_migrate.errors import RedshiftMigrateError
        from redshift_migrate.planner.summary import brief
        from redshift_migrate.tools import TOOLS

        self.topics, self.tools, self.trouble = tuple(HELP_TOPICS), tuple(TOOLS), ""
        try:
            service = self._desk.program.service
            self.place = service.place()
            self.runs = service.migration_ids()[::-1]
            self.regions = service.region_names()
            self.clusters = tuple(cluster.cluster_id for cluster in service.clusters())
            self.namespaces = service.namespace_names()
        except RedshiftMigrateError as error:
            self.trouble = brief(error.message)  # no names to offer; the toolbar tells why


class ChatCompleter(Completer):
    """Completes slash commands as they are typed; elsewhere it waits for Tab, so that plain words stay in peace."""

    def __init__(self, desk: Desk, names: Names) -> None:
        self._desk, self._names = desk, names

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterator[Completion]:
        """Nothing here waits for anything."""
        text = document.text_before_cursor
        if text.startswith("/") and "\n" not in text:
            name, space, argument = text[1:].partition(" ")
            if space:
                yield from _matching(argument, self._arguments(text))
            else:
                for command in COMMANDS.values():
                    if command.name.startswith(name.lower()):
                        yield Completion(command.name, start_position=-len(name), display_meta=command.summary)
            return
        word = document.get_word_before_cursor(WORD=True)
        if word and word == text and complete_event.completion_requested:
            yield from _matching(word, FIRST_WORDS)
        if word and complete_event.completion_requested:
            yield from _matching(word, (*self._names.clusters, *self._names.namespaces, *self._names.regions))

    def _arguments(self, line: str) -> Iterable[str]:
        command = COMMANDS.get(split(line)[0])
        return [name for offer in command.offers for name in self._names_of(offer)] if command else []

    def _names_of(self, offer: Offer) -> Iterable[str]:
        """What lies in the state folder is told by its file names, so this is quick."""
        folder = self._desk.program.state_folder
        match offer:
            case "topics":
                return self._names.topics
            case "tools":
                return self._names.tools
            case "clusters":
                return self._names.clusters
            case "regions":
                return self._names.regions
            case "models":
                return ("bedrock", "offline", "anthropic:", "openai:", "ollama:", "llamacpp:")
            case "sessions":
                return sorted(path.stem for path in folder.glob("sessions/*.lock"))
            case "runs" if self._desk.settings.endpoint:
                return self._names.runs
            case "runs":
                return sorted((path.stem for path in folder.glob("migrations/*.jsonl")), reverse=True)
            case "plans":
                plans = sorted(folder.glob("plans/*.json"), key=lambda path: path.lstat().st_mtime_ns, reverse=True)
                return [path.stem[:12] for path in plans[:20]]


def _matching(part: str, names: Iterable[str]) -> Iterator[Completion]:
    """Names that begin with the part first, then those that contain it."""
    lowered = part.lower()
    found = [name for name in dict.fromkeys(names) if lowered in name.lower()]
    for name in sorted(found, key=lambda name: not name.lower().startswith(lowered)):
        yield Completion(visible(name), start_position=-len(part))
