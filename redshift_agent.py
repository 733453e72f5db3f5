"""The composition root: settings → clients → services → tools → agent → chat, pipe, or endpoint."""

from __future__ import annotations

import contextlib
import gc
import os
import sys
import threading
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent / "src"))

import redshift_migrate
from redshift_migrate.errors import SettingsError
from redshift_migrate.settings import Settings, parse_settings
from redshift_migrate.terminal.streams import open_missing_streams

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Sequence

    from strands import Agent
    from strands.models import Model
    from strands.types.content import Message

    from redshift_migrate.agent.approver import Approver
    from redshift_migrate.agent.conversation import Conversation
    from redshift_migrate.aws.accounts import Accounts
    from redshift_migrate.aws.door import Aws
    from redshift_migrate.endpoint.client.program import RemoteProgram
    from redshift_migrate.migration.service import MigrationService

DEMO_PACKAGES = ("redshift_simulator", "moto", "flask")
"""What the extra `demo` installs, as far as a look at their names tells."""


class Program:
    """The parts of one run, each made when it is first needed, so that the prompt waits for none of them."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.RLock()
        self._service: MigrationService | None = None
        self._demo = DemoAccount(self.state_folder / "account.json") if settings.demo else None

    @property
    def settings(self) -> Settings:
        """What the user said at the start, or has changed since."""
        return self._settings

    def use(self, settings: Settings) -> None:
        """Go on with these settings; services and conversations made from now on follow them."""
        with self._lock:
            self._settings, self._service = settings, None

    def start(self) -> None:
        """Begin what takes a while (the account of --demo), without waiting for it."""
        if self._demo is not None:
            self._demo.start()

    @property
    def state_root(self) -> Path:
        """The state folder of this user."""
        if self.settings.state:
            return Path(self.settings.state).expanduser()
        import platformdirs

        return platformdirs.user_state_path("redshift-migrate")

    @property
    def state_folder(self) -> Path:
        """Where plans, approvals, journals, sessions and history are kept; the demo keeps its own."""
        return self.state_root / "demo" if self.settings.demo else self.state_root

    @property
    def service(self) -> MigrationService:
        """The migration service on the account that the settings name."""
        with self._lock:
            if self._service is None:
                self._service = self._new_service()
            return self._service

    def conversation(self, approver: Approver, history: Sequence[Message] = ()) -> Conversation:
        """A conversation with the model that the settings name, its changes behind that approver.

        With --session it is the one kept under that name, otherwise a new one that goes on after `history`.
        """
        from redshift_migrate.agent.conversation import Conversation
        from redshift_migrate.agent.meanwhile import Meanwhile
        from redshift_migrate.agent.restoring import open_conversation

        settings, service = self.settings, self.service
        if not settings.session:
            return Conversation(self._agent(approver, history), Meanwhile(service))
        return open_conversation(
            service,
            self.model(service.default_region),
            folder=self.state_folder / "sessions",
            name=settings.session,
            approver=approver,
            read_only=settings.read_only,
        )

    def close(self) -> None:
        """End what was started for this run."""
        if self._demo is not None:
            self._demo.stop()

    def _agent(self, approver: Approver | None, history: Sequence[Message] = ()) -> Agent:
        from redshift_migrate.agent.conversation import create_agent as build

        service = self.service
        read_only = self.settings.read_only
        return build(
            service, self.model(service.default_region), approver=approver, read_only=read_only, history=history
        )

    def account(self) -> tuple[Aws, str | None]:
        """The account that the settings name, and the region used when a request names none."""
        from redshift_migrate.aws.client import AwsClient
        from redshift_migrate.aws.session import PinnedSession, open_session

        settings = self.settings
        if self._demo is not None:
            pinned = PinnedSession(self._demo.endpoint_url(), str(settings.region))
            return AwsClient(pinned), settings.region
        session, region = open_session(profile=settings.profile, region=settings.region)
        return AwsClient(session), region

    def accounts(self, home: Aws, watched: Callable[[Aws], Aws]) -> Accounts:
        """The account of the settings, and those of the accounts file. SettingsError for one that cannot be used."""
        from redshift_migrate.aws.accounts import Accounts
        from redshift_migrate.aws.client import AwsClient
        from redshift_migrate.aws.session import KeysSession, PinnedSession, open_session
        from redshift_migrate.models.accounts import parse_accounts

        file = self._accounts_file()
        allowed = parse_accounts(read_text(file), str(file)) if file is not None else ()

        def with_keys(key: str, secret: str, token: str) -> Aws:
            region = str(self.settings.region)
            pinned = (
                PinnedSession(self._demo.endpoint_url(), region, (key, secret, token))
                if self._demo is not None
                else None
            )
            return watched(AwsClient(pinned or KeysSession(key, secret, token)))

        def with_profile(profile: str) -> Aws:
            return watched(AwsClient(open_session(profile=profile, region=self.settings.region)[0]))

        return Accounts(home, allowed, None if self._demo is not None else with_profile, with_keys)

    def _accounts_file(self) -> Path | None:
        """The file that --accounts names; else that of the demo, or the one in the configuration directory."""
        if self.settings.accounts:
            return Path(self.settings.accounts).expanduser()
        if self._demo is not None:
            return self._demo.accounts_file
        import platformdirs

        usual = platformdirs.user_config_path("redshift-migrate") / "accounts.toml"
        return usual if usual.exists() else None

    def model(self, region: str | None) -> Model:
        """A new model as the settings name it. Makes no call."""
        from redshift_migrate.agent.providers.factory import create_model

        return create_model(self.settings.model, region=region, profile=self.settings.profile)

    def _new_service(self) -> MigrationService:
        from redshift_migrate.aws.session import region_catalog
        from redshift_migrate.clock import Clock
        from redshift_migrate.migration.service import MigrationService
        from redshift_migrate.state.audit import AuditedAws, AuditedStore, local_trail
        from redshift_migrate.state.shelf import FolderShelf

        aws, region = self.account()
        shelf = FolderShelf(self.state_folder)
        trail = local_trail(shelf, Clock(), self.settings.session or "")
        home = AuditedAws(aws, trail)
        return MigrationService(
            aws=home,
            accounts=self.accounts(home, lambda door: AuditedAws(door, trail)),
            regions=region_catalog(),
            store=AuditedStore(shelf, trail),
            default_region=region,
            read_only=self.settings.read_only,
            simulated=self.settings.demo,
        )


class DemoAccount:
    """The simulated AWS account of --demo, in a process of its own that ends with this one."""

    def __init__(self, state_file: Path) -> None:
        if any(find_spec(package) is None for package in DEMO_PACKAGES):
            raise SettingsError(
                "--demo needs the packages of the simulated AWS account, which are not installed; nothing was started.",
                hint="Install them with: pip install 'redshift-migrate[demo]'",
            )
        self._state_file = state_file
        self._process: subprocess.Popen[bytes] | None = None
        self._endpoint_url = ""
        self._lock = threading.Lock()

    @property
    def accounts_file(self) -> Path:
        """The accounts that the demo may look at. Found without loading the account, which takes long."""
        spec = find_spec("redshift_simulator")
        assert spec is not None
        assert spec.submodule_search_locations
        return Path(spec.submodule_search_locations[0]) / "demo" / "accounts.toml"

    def start(self) -> subprocess.Popen[bytes]:
        """The process, started if it was not."""
        with self._lock:
            if self._process is None:
                self._process = self._launch()
            return self._process

    def _launch(self) -> subprocess.Popen[bytes]:
        import subprocess

        source = str(Path(redshift_migrate.__file__).resolve().parent.parent)
        module = [sys.executable, "-P", "-m", "redshift_simulator"]
        return subprocess.Popen(  # noqa: S603  # our own module, with our own arguments
            [*module, *self._kept(), "--exit-with-stdin"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": source},
            start_new_session=True,  # Ctrl-C is for the chat, not for its account
        )

    def _kept(self) -> tuple[str, ...]:
        """Where the account is kept; nowhere if nothing can be written there."""
        from redshift_migrate.state.files import private_folder

        folder = self._state_file.parent
        with contextlib.suppress(OSError):
            if os.access(private_folder(folder), os.W_OK):
                return ("--state", str(self._state_file))
        sys.stderr.write(f"{folder} cannot be written, so the simulated account ends with this program.\n")
        return ()

    def endpoint_url(self) -> str:
        """Where the account answers; waits for it to start."""
        process = self.start()
        if not self._endpoint_url and process.stdout is not None:
            line = process.stdout.readline().decode().strip()
            if not line.startswith("endpoint="):
                raise SettingsError(
                    "The simulated account of --demo did not start.",
                    hint="What it said is above; remove its state file to begin with a new account.",
                )
            self._endpoint_url = line.removeprefix("endpoint=")
        return self._endpoint_url

    def stop(self, patience_s: float = 10) -> None:
        """End the account's process, by force if it takes longer; its state stays in its file."""
        from subprocess import TimeoutExpired

        process = self._process
        if process is None:
            return
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
        try:
            process.wait(patience_s)
        except TimeoutExpired:
            process.kill()  # between two writes of its file, each of which is whole or not at all
            process.wait()


def read_text(file: Path) -> str:
    """What is in a file that a person named. SettingsError where it cannot be read."""
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not UTF-8"
        raise SettingsError(f"{file} cannot be read: {why}. Nothing was called.") from error


def forget(folder: Path) -> None:
    """Remove what the demo has kept. SettingsError when that cannot be done, or another chat is using it."""
    import shutil

    try:
        shutil.rmtree(folder)
    except FileNotFoundError:
        return
    except OSError as error:
        raise SettingsError(
            f"{folder} could not be removed: {error.strerror or error}. Nothing was started.",
            hint="Close other chats with --demo, or remove it by hand.",
        ) from error


def collect_seldom() -> None:
    """Look for unreachable rings less often: a list of a thousand clusters has 200,000 objects and no ring."""
    gc.set_threshold(50_000, 20, 20)


def log_to(file: Path) -> None:
    """Warnings and errors go to a file, if one can be written: the terminal is for the conversation."""
    import logging

    from redshift_migrate.state.files import PASSED_OVER, private_folder

    logging.captureWarnings(True)
    PASSED_OVER.addHandler(logging.StreamHandler(sys.stderr))
    try:
        private_folder(file.parent)
        os.close(os.open(file, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600))
        handler = logging.FileHandler(file, encoding="utf-8")  # open from now on: to open it later may fail
    except OSError as error:
        logging.getLogger().addHandler(logging.NullHandler())
        sys.stderr.write(f"{file} cannot be written ({error.strerror}), so no log is kept.\n")
        return
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s | %(message)s"))
    logging.getLogger().addHandler(handler)


def create_agent(settings: Settings | None = None) -> Agent:
    """A strands Agent with our tools and gate, for other programs; every change waits for an approval."""
    return Program(settings or Settings())._agent(None)


COMMANDS = {"redshift_agent.py": "./chat", "__main__.py": "python -m redshift_migrate"}
"""The file that Python runs → the command that a person typed, where it is not the file's own name."""


def main() -> int:
    """Run ./chat, which is `redshift-migrate` where it is installed; returns the exit code, or ends with it."""
    from redshift_migrate.threads import end_with

    return end_with(_run())


def _run() -> int:
    from redshift_migrate.state.files import require_own

    open_missing_streams()
    collect_seldom()
    started_as = Path(sys.argv[0]).name
    command = COMMANDS.get(started_as, started_as)
    settings = parse_settings(sys.argv[1:], os.environ, redshift_migrate.__version__, command)
    try:
        local = Program(settings)
        require_own(local.state_root)
        require_own(local.state_folder)
        if settings.fresh:
            forget(local.state_folder)
    except SettingsError as error:
        sys.stderr.write(f"{error.message} {error.hint}\n")
        return 2
    program: Program | RemoteProgram = local
    if settings.endpoint:
        from redshift_migrate.endpoint.client.program import RemoteProgram

        program = RemoteProgram(settings, local.state_folder)
    log_to(program.state_folder / "log.txt")
    try:
        if settings.serve and isinstance(program, Program):
            from redshift_migrate.endpoint.local import run_server

            return run_server(program)
        if settings.prompt or not (sys.stdin and sys.stdin.isatty() and sys.stdout.isatty()):
            from redshift_migrate.terminal.scripted import run_scripted

            return run_scripted(program)
        from redshift_migrate.terminal.interactive import run_interactive

        return run_interactive(program)
    except KeyboardInterrupt:  # while something was still being loaded
        return 130
    finally:
        program.close()


if __name__ == "__main__":
    sys.exit(main())
