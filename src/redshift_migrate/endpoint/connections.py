"""uvicorn's own protocol with bounds: by itself it waits for ever for those who connect and say nothing."""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol

MOST_CONNECTIONS = 256
MOST_LINGERING = 128
"""Refused ones that are given time to read why."""
LINGER_S = 1.0
HEAD_S = 10.0
"""How long the first line and the headers of a request may take."""

_SAID = b'{"error": {"code": "TooManyConnections", "message": "The server is full. Nothing was done; try again."}}'
_REFUSAL = (
    b"HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/json\r\nretry-after: 1\r\nconnection: close\r\n"
    b"content-length: %d\r\n\r\n%s" % (len(_SAID), _SAID)
)


class BoundedConnection(H11Protocol):
    """One connection: refused at once when there are too many, closed when no request begins."""

    _is_refused = False
    _waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Count it, whether it says something or not."""
        super().connection_made(transport)
        too_many = len(self.connections) - MOST_CONNECTIONS
        self._is_refused = too_many > 0
        if not self._is_refused:
            self._wait_for_head()
            return
        transport.write(_REFUSAL)
        if too_many > MOST_LINGERING:
            transport.abort()
        else:
            self.loop.call_later(LINGER_S, transport.close)

    def connection_lost(self, exc: Exception | None) -> None:
        """It is over."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """A piece of a request."""
        if self._is_refused:
            return
        super().data_received(data)
        if self.cycle is None or self.cycle.response_complete:
            self._wait_for_head()
        else:
            self._stop_waiting()

    def _wait_for_head(self) -> None:
        if self._waiting is None:
            self._waiting = self.loop.call_later(HEAD_S, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None
