"""`./chat --serve`: the app on this machine, with the credentials and the state folder of whoever started it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from redshift_migrate.endpoint.serving import is_loopback, parse_address, serve
from redshift_migrate.endpoint.token import ServerToken
from redshift_migrate.errors import SettingsError, StateNotWritten

if TYPE_CHECKING:
    from redshift_migrate.agent.conversation import Model
    from redshift_migrate.aws.door import Aws
    from redshift_migrate.endpoint.backend import Backend
    from redshift_migrate.endpoint.health import Health
    from redshift_migrate.endpoint.identity import IdentityProvider
    from redshift_migrate.settings import Settings

INTERRUPTED, USAGE = 130, 2


class Program(Protocol):
    """What the server needs of the program that it serves."""

    @property
    def settings(self) -> Settings:
        """What the user said at the start."""

    @property
    def state_root(self) -> Path:
        """Where programs of this user find what they tell each other."""

    @property
    def state_folder(self) -> Path:
        """Where what belongs to callers is kept."""

    def account(self) -> tuple[Aws, str | None]:
        """The account, and the default region."""

    def model(self, region: str | None) -> Model:
        """A new model."""


def run_server(program: Program) -> int:
    """Serve until interrupted; returns the exit code."""
    address, token = str(program.settings.serve), ServerToken(program.state_root)
    try:
        if not is_loopback(parse_address(address)[0]):
            token.require_safe(address)
        serve(
            address,
            lambda: _identity(program, token),
            lambda health: _backend(program, health),
            on_open=token.publish,
        )
    except (SettingsError, StateNotWritten) as error:
        sys.stderr.write(f"{error.message}\n{error.hint}\n")
        return USAGE
    except KeyboardInterrupt:
        return INTERRUPTED
    finally:
        token.withdraw()
    return 0


def _identity(program: Program, token: ServerToken) -> IdentityProvider:
    from redshift_migrate.endpoint.identity import local_identity
    from redshift_migrate.state.owner import whoami

    name = f"whoever has the token of {whoami()}" if token.given else f"local:{whoami()}"
    return local_identity(name, may_change=not program.settings.read_only, token=token.value)


def _backend(program: Program, health: Health) -> Backend:
    from redshift_migrate.agent.providers.spec import parse_model_spec
    from redshift_migrate.agent.tracing import start_tracing
    from redshift_migrate.aws.session import region_catalog
    from redshift_migrate.clock import Clock
    from redshift_migrate.endpoint.backend import Backend, Parts
    from redshift_migrate.endpoint.runs import LocalRunner
    from redshift_migrate.state.keeper import FileKeeper

    start_tracing()
    aws, region = program.account()
    keeper, clock = FileKeeper(program.state_folder / "served"), Clock()
    parts = Parts(
        aws=aws,
        regions=region_catalog(),
        keeper=keeper,
        runner=LocalRunner(aws, keeper, clock, health),
        new_model=lambda: program.model(region),
        default_region=region,
        read_only=program.settings.read_only,
        simulated=program.settings.demo,
        model=str(parse_model_spec(program.settings.model)),
        clock=clock,
    )
    return Backend(parts, health)
