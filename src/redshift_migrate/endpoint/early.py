"""What answers from the first moment on: /ping at once, everything else as soon as the app behind it is loaded.

Nothing here imports the web framework or anything of ours that is not small: those seconds belong to the loading.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from redshift_migrate.endpoint.health import Health
from redshift_migrate.endpoint.loading import Loading
from redshift_migrate.threads import LeavableThreads

LOG = logging.getLogger(__name__)
LOAD_AFTER_S = 0.1
"""The loading begins once the first /ping had its chance: both want the interpreter for themselves."""

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class Early:
    """ASGI. `make_app` imports and makes the app in a thread; the app has `start` and `settle` on its state."""

    def __init__(self, make_app: Callable[[Health], Any]) -> None:
        self.health = Health()
        self._loading: Loading[Any] = Loading(lambda: make_app(self.health))

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http" and scope["method"] == "GET" and scope["path"] == "/ping":
            await _answer(send, 200, self.health.answer())
        else:
            await self._pass_on(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                asyncio.get_running_loop().set_default_executor(LeavableThreads())
                self._loading.start(LOAD_AFTER_S)
                await send({"type": "lifespan.startup.complete"})
            else:
                app = self._loading.if_made()
                if app is not None:
                    await app.state.endpoint.settle()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _pass_on(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        try:
            app = await self._loading.value()
        except Exception:  # a border: the next request tries again
            LOG.exception("the app cannot be loaded")
            problem = {"code": "NotLoaded", "message": "The server could not start its agent; its log tells why."}
            await _answer(send, 503, {"error": problem})
            return
        await app(scope, receive, send)


async def _answer(send: Send, status: int, document: dict[str, Any]) -> None:
    body = json.dumps(document).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
