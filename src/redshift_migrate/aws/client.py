"""The door that leads to AWS itself, through botocore; only operations of the permission table go through it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any, Protocol

import botocore
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError
from botocore.validate import ParamValidator

from redshift_migrate.aws.door import Answer, Door, Page
from redshift_migrate.aws.errors import translate_error
from redshift_migrate.aws.paging import PagesAhead
from redshift_migrate.errors import RedshiftMigrateError, SettingsError
from redshift_migrate.models.plan import Call
from redshift_migrate.permissions import CLIENTS, OPERATIONS

WIRE_ATTEMPTS = 4
"""How often one call may go over the wire: the first time and three retries (botocore's standard mode)."""

USER_AGENT = f"redshift-migrate Botocore/{botocore.__version__}"
"""What CloudTrail shows of who called. botocore's own, put together anew for every call, takes a fifth of a call."""

CONNECTIONS = 50
"""How many calls one client may have under way without opening and dropping connections."""


class Session(Protocol):
    """What the door needs of a boto3 session, whose replies hold moments as text (`with_text_moments`)."""

    @property
    def profile_name(self) -> str:
        """The profile whose credentials are used."""

    def client(self, service_name: str, **options: Any) -> Any:
        """A client of that service."""


class AwsClient(Door):
    """Calls AWS and answers with JSON values, or with one of our own errors. Makes a client per service and region."""

    def __init__(self, session: Session, *, connect_timeout_s: float = 5, read_timeout_s: float = 30) -> None:
        super().__init__()
        self._session = session
        self._config = Config(
            retries={"mode": "standard", "total_max_attempts": WIRE_ATTEMPTS},
            connect_timeout=connect_timeout_s,
            read_timeout=read_timeout_s,
            max_pool_connections=CONNECTIONS,
            user_agent=USER_AGENT,
        )
        self._clients: dict[tuple[str, str], Any] = {}
        self._lock = threading.Lock()
        self._ahead = PagesAhead()

    def ask(self, call: Call) -> Answer:
        method = getattr(self._client(call), botocore.xform_name(call.operation))
        try:
            reply = method(**call.parameters)
        except (BotoCoreError, ClientError) as error:
            raise translate_error(call, error, self._identity, self._session.profile_name) from error
        meta = reply.pop("ResponseMetadata", {})
        return Answer(reply, str(meta.get("RequestId", "")), int(meta.get("RetryAttempts", 0)))

    def answers(self, call: Call) -> Iterator[Page]:
        return self._ahead.pages(call, self.ask)

    def validate(self, call: Call) -> None:
        shape = self._client(call).meta.service_model.operation_model(call.operation).input_shape
        if shape is None:
            return
        report = ParamValidator().validate(call.parameters, shape)
        if report.has_errors():
            raise translate_error(call, ParamValidationError(report=report.generate_report()), None)

    def _client(self, call: Call) -> Any:
        if call.name not in OPERATIONS:
            raise RedshiftMigrateError(f"{call.name} is not among the calls this program makes; it was not made.")
        key = (call.service, call.region)
        with self._lock:  # making clients is not thread-safe in boto3
            if key not in self._clients:
                try:
                    self._clients[key] = self._session.client(
                        CLIENTS.get(call.service, call.service), region_name=call.region, config=self._config
                    )
                except (BotoCoreError, ValueError) as error:
                    raise SettingsError(
                        f"No client for {call.service} in {call.region}: {error}. Nothing was called.",
                        hint="Check the region, the profile and AWS_ENDPOINT_URL.",
                    ) from error
                if call.service == "redshift":
                    self._ahead.watch(self._clients[key])
            return self._clients[key]
