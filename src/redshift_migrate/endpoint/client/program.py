"""The parts of a run whose agent is elsewhere; the terminal cannot tell them from those of a run here."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from redshift_migrate.endpoint.client.http import LOOPBACK, HttpClient, Sign, with_scheme
from redshift_migrate.endpoint.client.remembered import Remembered
from redshift_migrate.endpoint.client.service import RemoteService
from redshift_migrate.endpoint.client.talk import RemoteTalk
from redshift_migrate.endpoint.token import find_token
from redshift_migrate.settings import Settings
from redshift_migrate.state.store import FileStore

if TYPE_CHECKING:
    from redshift_migrate.agent.approver import Approver


class RemoteProgram:
    """One endpoint, seen by one caller."""

    def __init__(self, settings: Settings, state_folder: Path) -> None:
        self._settings, self._state_folder = settings, state_folder
        self._session = settings.session or uuid.uuid4().hex
        self._lock = threading.RLock()
        self._http: HttpClient | None = None
        self._service: RemoteService | None = None

    @property
    def settings(self) -> Settings:
        """What the user said at the start, or has changed since."""
        return self._settings

    @property
    def state_folder(self) -> Path:
        """Where this machine keeps what it remembers of endpoints."""
        return self._state_folder

    @property
    def service(self) -> RemoteService:
        """What can be asked of the endpoint directly; the rest says that it cannot."""
        with self._lock:
            if self._service is None:
                self._service = RemoteService(
                    self._client(),
                    self._remember(),
                    self._session,
                    FileStore(self._state_folder),
                    self._connect,
                    read_only=self._settings.read_only,
                )
            return self._service

    def conversation(self, approver: Approver, history: Sequence[Any] = ()) -> RemoteTalk:
        """The conversation of this session; the endpoint has its history."""
        return RemoteTalk(self._client(), self.service, self._remember(), self._session, approver)

    def start(self) -> None:
        """Nothing here takes a while."""

    def use(self, settings: Settings) -> None:
        """Go on with these settings."""
        with self._lock:
            if settings.session != self._settings.session:
                self._session = settings.session or uuid.uuid4().hex
            self._settings, self._http, self._service = settings, None, None

    def close(self) -> None:
        """Nothing was started."""

    def _remember(self) -> Remembered:
        return Remembered(self._state_folder, self._client().url)

    def _client(self) -> HttpClient:
        with self._lock:
            if self._http is None:
                self._http = self._connect(str(self._settings.endpoint))
            return self._http

    def _connect(self, url: str) -> HttpClient:
        address = with_scheme(url)
        return HttpClient(address, self._sign(address))

    def _sign(self, url: str) -> Sign:
        parts = urlsplit(url)
        host = str(parts.hostname)
        if host in LOOPBACK:
            return _bear(find_token(self._state_folder, parts.port or 80))
        from redshift_migrate.aws.session import open_session
        from redshift_migrate.aws.signing import RequestSigner

        session, _ = open_session(profile=self._settings.profile, region=self._settings.region)
        return RequestSigner(session, host).headers


def _bear(token: str) -> Sign:
    """A server on this machine knows no signatures; it knows a token."""

    def sign(_: str, __: str, headers: Mapping[str, str], ___: bytes) -> dict[str, str]:
        return dict(headers) | ({"Authorization": f"Bearer {token}"} if token else {})

    return sign
