"""A package index on loopback with one tiny package, which can hold a download back and counts them."""

from __future__ import annotations

import hashlib
import io
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def wheel(version: str) -> bytes:
    """A wheel of the package `tiny`, whose only content is its version."""
    info = f"tiny-{version}.dist-info"
    files = {
        "tiny/__init__.py": f"VERSION = {version!r}\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: tiny\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{name},,\n" for name in [*files, f"{info}/RECORD"])
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in {**files, f"{info}/RECORD": record}.items():
            archive.writestr(zipfile.ZipInfo(name), text)
    return packed.getvalue()


def lock(version: str) -> str:
    """A lock file that pins the package to a version and its hash."""
    return f"tiny=={version} \\\n    --hash=sha256:{hashlib.sha256(wheel(version)).hexdigest()}\n"


class PackageIndex:
    """What the index saw, and the gate in front of its wheels."""

    def __init__(self) -> None:
        self.downloads = 0
        self.asked = threading.Event()
        self.gate = threading.Event()
        self.gate.set()
        self.url = ""

    def hold(self) -> None:
        """Let the next downloads wait until `release`; `asked` tells when one came."""
        self.asked.clear()
        self.gate.clear()

    def release(self) -> None:
        """Let waiting and later downloads through."""
        self.gate.set()

    def answer(self, path: str) -> bytes:
        """The body for a request."""
        if not path.endswith(".whl"):
            links = (f'<a href="/tiny-{version}-py3-none-any.whl">x</a>' for version in ("1.0", "2.0"))
            return "".join(links).encode()
        self.downloads += 1
        self.asked.set()
        self.gate.wait()  # opened at the end at the latest
        return wheel(path.split("-")[1])


@contextmanager
def package_index() -> Iterator[PackageIndex]:
    """An index that serves until the block ends."""
    index = PackageIndex()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = index.answer(self.path)
            try:
                self.send_response(200)
                is_page = not self.path.endswith(".whl")
                self.send_header("Content-Type", "text/html" if is_page else "application/octet-stream")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except ConnectionError:
                return  # the pip that asked was killed meanwhile, as a test wanted

        def log_message(self, format: str, *args: object) -> None:
            """Quiet: the test's own output is what matters."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    index.url = f"http://127.0.0.1:{server.server_port}/simple/"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield index
    finally:
        index.release()
        server.shutdown()
        thread.join()
        server.server_close()
