"""Debian's chromium, headless: a page opened as a person would, and what it did."""

from __future__ import annotations

import re
import shutil
import socketserver
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

CHROMIUM = shutil.which("chromium") or ""
"""Its path, empty where scripts/utils/browser/install could not install it."""

_CONSOLE = re.compile(r"CONSOLE[:(].*")
_PATIENCE_S = 240
_FLAGS = (
    "--headless",
    "--no-sandbox",  # tests run as root in containers
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--hide-scrollbars",
    "--enable-logging=stderr",
)


@dataclass(frozen=True)
class Opened:
    """A page after it has been loaded."""

    html: str
    console: tuple[str, ...]
    requests: tuple[str, ...]
    """Whatever it asked of the network."""


def open_page(page: Path, folder: Path, *, width: int = 1400, dark: bool = False) -> Opened:
    """The page as the browser understood it. Whatever it asks of any host is heard, and not answered."""
    with _listener() as (port, heard):
        proxy = (f"--proxy-server=http://127.0.0.1:{port}", "--proxy-bypass-list=<-loopback>")
        scheme = ("--blink-settings=preferredColorScheme=0",) if dark else ()
        done = _run(folder, *proxy, *scheme, f"--window-size={width},1000", "--dump-dom", page.as_uri())
    return Opened(done.stdout, tuple(_CONSOLE.findall(done.stderr)), tuple(heard))


def _run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [CHROMIUM, *_FLAGS, f"--user-data-dir={folder / 'profile'}", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=_PATIENCE_S)


@contextmanager
def _listener() -> Iterator[tuple[int, list[str]]]:
    heard: list[str] = []

    class Hear(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            heard.append(self.rfile.readline().decode("latin-1").strip())

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Hear) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1], heard
        server.shutdown()
