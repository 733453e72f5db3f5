"""The pages of a long list: the next one is asked for as soon as the last has come, while that is still being read.

botocore tells of a reply before it reads it (`before-parse`), in the thread that asked. Where the reply names the next
page is found in its text there; it is read in full like every other, and whoever asked sees the pages in their order.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any
from xml.sax.saxutils import unescape

from redshift_migrate.aws.door import Answer, Page, next_page
from redshift_migrate.models.plan import Call

_MARKER = re.compile(rb"<Marker>([^<]+)</Marker>")

LONGEST_WAIT_S = 0.1

Ask = Callable[[Call], Answer]


class PagesAhead:
    """Looks into replies that arrive, for those who read on."""

    def __init__(self) -> None:
        self._readers: dict[int, Callable[[str], None]] = {}
        """What to do with a marker, by the thread that asked."""
        self._leaving: dict[int, threading.Event] = {}
        """What waits for a request to leave, by the thread that sends it."""

    def watch(self, client: Any) -> None:
        """From now on see what this client of a service with markers receives."""
        client.meta.events.register("before-parse", self._see)
        client.meta.events.register("before-send", self._note_sent)

    def _see(self, response_dict: dict[str, Any], **_: Any) -> None:
        reader = self._readers.get(threading.get_ident())
        found = _MARKER.findall(response_dict["body"]) if reader and response_dict["status_code"] == 200 else []
        if reader and len(found) == 1:
            reader(unescape(found[0].decode()))

    def _note_sent(self, **_: Any) -> None:
        leaving = self._leaving.get(threading.get_ident())
        if leaving:
            leaving.set()

    def pages(self, first: Call, ask: Ask) -> Iterator[Page]:
        """Every page with its call. Raises what asking raises, at the page that it happened to."""
        with ThreadPoolExecutor(2, thread_name_prefix="page") as pool:  # one is on the way while one is read
            ahead: list[tuple[Call, Future[Answer]]] = []

            def fetch(call: Call, leaving: threading.Event) -> Answer:
                thread = threading.get_ident()
                self._readers[thread] = lambda marker: begin(with_marker(call, marker))
                self._leaving[thread] = leaving
                try:
                    return ask(call)
                finally:
                    leaving.set()
                    del self._readers[thread], self._leaving[thread]

            def begin(call: Call) -> None:
                leaving = threading.Event()
                ahead.append((call, pool.submit(fetch, call, leaving)))
                leaving.wait(LONGEST_WAIT_S)  # to read meanwhile would only keep it from leaving

            page: Call | None = first
            while page is not None:
                begun = next((future for call, future in ahead if call == page), None)
                answer = begun.result() if begun else fetch(page, threading.Event())
                yield Page(page, answer)
                page = next_page(page, answer.reply)


def with_marker(call: Call, marker: str) -> Call:
    """The call for the page that the marker leads to."""
    return call.model_copy(update={"parameters": {**call.parameters, "Marker": marker}})
