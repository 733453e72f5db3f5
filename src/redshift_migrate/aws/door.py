"""Every AWS call of the product goes through `Aws.call`, and only operations of the permission table can."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import botocore
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from redshift_migrate.aws.errors import translated
from redshift_migrate.errors import AwsError, RedshiftMigrateError, SettingsError
from redshift_migrate.models.base import Value
from redshift_migrate.models.plan import Call
from redshift_migrate.permissions import OPERATIONS

WIRE_ATTEMPTS = 4
"""How often one call may go over the wire: the first time and three retries (botocore's standard mode)."""

CONNECTIONS = 50
"""How many calls one client may have under way without opening and dropping connections."""


class Identity(Value):
    """Who calls, and where."""

    account_id: str
    arn: str
    partition: str


class Session(Protocol):
    """What the door needs of a boto3 session."""

    def client(self, service_name: str, **options: Any) -> Any:
        """A client of that service."""


@dataclass(frozen=True)
class Observed:
    """One call that was made, for logs and the audit trail."""

    call: Call
    request_id: str
    error_code: str = ""


class Aws:
    """Calls AWS and answers with plain values, or with one of our own errors.

    Clients are made once per service and region. `on_call` sees every call after it was made.
    """

    def __init__(
        self,
        session: Session,
        *,
        connect_timeout_s: float = 5,
        read_timeout_s: float = 30,
        on_call: Callable[[Observed], None] | None = None,
    ) -> None:
        self._session = session
        self._config = Config(
            retries={"mode": "standard", "total_max_attempts": WIRE_ATTEMPTS},
            connect_timeout=connect_timeout_s,
            read_timeout=read_timeout_s,
            max_pool_connections=CONNECTIONS,
            user_agent_extra="redshift-migrate",
        )
        self._on_call = on_call
        self._clients: dict[tuple[str, str], Any] = {}
        self._identity: Identity | None = None
        self._lock = threading.Lock()

    def identity(self) -> Identity:
        """Who we are, asked once (sts:GetCallerIdentity)."""
        if self._identity is None:
            reply = self.call(Call(service="sts", region=self.home_region, operation="GetCallerIdentity"))
            arn = str(reply["Arn"])
            self._identity = Identity(account_id=reply["Account"], arn=arn, partition=arn.split(":")[1])
        return self._identity

    def use_region(self, region: str) -> None:
        """The region in which questions without a region of their own (who am I) are asked."""
        self._home_region = region

    def call(self, call: Call) -> dict[str, Any]:
        """The reply, without its metadata. Raises one of AwsError's leaves."""
        return self._made(call)[0]

    def call_with_request_id(self, call: Call) -> tuple[dict[str, Any], str]:
        """The reply and the id under which AWS knows the request."""
        return self._made(call)

    def pages(self, call: Call, member: str) -> list[Any]:
        """The list that each page holds under that name, all pages joined."""
        self._require_known(call)
        client = self._client(call)
        items: list[Any] = []
        try:
            paginator = client.get_paginator(botocore.xform_name(call.operation))
            for page in paginator.paginate(**call.parameters):
                items += page.get(member) or []
        except (BotoCoreError, ClientError) as error:
            raise self._failed(call, error) from error
        self._report(call, "")
        return items

    def validate(self, call: Call) -> None:
        """InvalidRequest if botocore would refuse the parameters before sending them. Sends nothing."""
        self._require_known(call)
        from botocore.validate import ParamValidator

        shape = self._client(call).meta.service_model.operation_model(call.operation).input_shape
        if shape is None:
            return
        report = ParamValidator().validate(call.parameters, shape)
        if report.has_errors():
            raise translated(call, botocore.exceptions.ParamValidationError(report=report.generate_report()), None)

    def _made(self, call: Call) -> tuple[dict[str, Any], str]:
        self._require_known(call)
        method = getattr(self._client(call), botocore.xform_name(call.operation))
        try:
            reply: dict[str, Any] = method(**call.parameters)
        except (BotoCoreError, ClientError) as error:
            raise self._failed(call, error) from error
        request_id = str(reply.pop("ResponseMetadata", {}).get("RequestId", ""))
        self._report(call, request_id)
        return reply, request_id

    def _failed(self, call: Call, error: Exception) -> AwsError:
        ours = translated(call, error, self._identity)
        self._report(call, ours.request_id, ours.aws_code or ours.code)
        return ours

    def _report(self, call: Call, request_id: str, error_code: str = "") -> None:
        if self._on_call is not None:
            self._on_call(Observed(call, request_id, error_code))

    def _require_known(self, call: Call) -> None:
        if call.name not in OPERATIONS:
            raise RedshiftMigrateError(f"{call.name} is not among the calls this program makes; it was not made.")

    def _client(self, call: Call) -> Any:
        key = (call.service, call.region)
        with self._lock:  # making clients is not thread-safe in boto3
            if key not in self._clients:
                try:
                    self._clients[key] = self._session.client(
                        call.service, region_name=call.region, config=self._config
                    )
                except (BotoCoreError, ValueError) as error:
                    raise SettingsError(
                        f"No client for {call.service} in {call.region}: {error}. Nothing was called.",
                        hint="Check the region, the profile and AWS_ENDPOINT_URL.",
                    ) from error
            return self._clients[key]

    _home_region = "us-east-1"

    @property
    def home_region(self) -> str:
        """The region in which services without regions are asked."""
        return self._home_region
