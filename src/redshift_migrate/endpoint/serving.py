"""Serves the app on an address of this machine until it is told to stop."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

import uvicorn

from redshift_migrate.endpoint.connections import BoundedConnection
from redshift_migrate.endpoint.early import Early
from redshift_migrate.errors import SettingsError

if TYPE_CHECKING:
    from redshift_migrate.endpoint.backend import Backend
    from redshift_migrate.endpoint.health import Health
    from redshift_migrate.endpoint.identity import IdentityProvider


LOOPBACK = ("127.0.0.1", "localhost", "::1")
"""How this machine is called from itself."""


def parse_address(text: str) -> tuple[str, int]:
    """`HOST:PORT`, `:PORT`, or a port alone. SettingsError for anything else."""
    host, _, port = text.rpartition(":")
    if not port.isdigit() or int(port) > 65535:
        raise SettingsError(
            f"--serve {text!r} is no address. Nothing was started.", hint="Write it as 127.0.0.1:8080, or as :8080."
        )
    return host.strip("[]") or "127.0.0.1", int(port)


def is_loopback(host: str) -> bool:
    """True for an address that only this machine can reach."""
    try:
        return host.lower() == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def serve(
    address: str,
    identity: Callable[[], IdentityProvider],
    load: Callable[[Health], Backend],
    *,
    behind_gateway: bool = False,
    on_open: Callable[[int], str] = lambda _: "",
) -> None:
    """Serve until interrupted. SettingsError when the address cannot be had. `on_open` is told the port, and answers
    what people should know.

    `behind_gateway`: requests come through an adapter that put its own word on who asks.
    """
    host, port = parse_address(address)
    listening = _listening(host, port)

    def make_app(health: Health) -> Any:
        from redshift_migrate.endpoint.app import create_app

        names = {*LOOPBACK, host.lower()} if is_loopback(host) and not behind_gateway else ()
        app = create_app(identity(), load, names=names, health=health)
        app.state.endpoint.loading.start()
        return app

    config = uvicorn.Config(
        Early(make_app),
        http=BoundedConnection,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=10,
    )
    bound = listening.getsockname()
    shown = f"[{bound[0]}]" if ":" in bound[0] else bound[0]
    sys.stderr.write("\n".join(filter(None, (f"Listening on http://{shown}:{bound[1]}", on_open(bound[1])))) + "\n")
    sys.stderr.flush()
    uvicorn.Server(config).run(sockets=[listening])


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(512)
    except OSError as error:
        listening.close()
        raise SettingsError(
            f"Cannot listen on {host}:{port}: {error.strerror or error}. Nothing was started.",
            hint="Name another port: --serve 127.0.0.1:8090, or :0 for any that is free.",
        ) from error
    return listening
