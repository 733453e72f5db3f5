"""The parts of a deployment that it uses itself: its table, its bucket, its worker. None is part of any migration."""

from __future__ import annotations

from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from redshift_migrate.aws.client import Session
from redshift_migrate.aws.state_table import StateTable
from redshift_migrate.errors import AwsError

_CONFIG = Config(connect_timeout=3, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 4})


def state_table(session: Session, name: str, region: str) -> StateTable:
    """The table in that region. Makes no call."""
    return StateTable(session.client("dynamodb", region_name=region, config=_CONFIG), name)


class SessionBucket:
    """The conversations, one object a saved turn."""

    def __init__(self, session: Session, bucket: str, region: str) -> None:
        self._client: Any = session.client("s3", region_name=region, config=_CONFIG)
        self._bucket = bucket

    def get(self, key: str) -> bytes | None:
        """The object, None if there is none (any more)."""
        try:
            body: bytes = self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read()
        except (ClientError, BotoCoreError) as error:
            if isinstance(error, ClientError) and error.response["Error"]["Code"] in ("NoSuchKey", "404"):
                return None
            raise _tell_failure("read a conversation", error) from error
        return body

    def put(self, key: str, body: bytes) -> None:
        """Keep the object; how long, and how it is encrypted, the bucket decides."""
        try:
            self._client.put_object(Bucket=self._bucket, Key=key, Body=body, ContentType="application/json")
        except (ClientError, BotoCoreError) as error:
            raise _tell_failure("keep a conversation", error) from error


class WorkerFunction:
    """The durable function that carries out accepted plans."""

    def __init__(self, session: Session, function: str, region: str) -> None:
        self._client: Any = session.client("lambda", region_name=region, config=_CONFIG)
        self._function = function

    def begin(self, execution_name: str, payload: bytes) -> None:
        """Start an execution and do not wait for it. The same name with the same payload is the same execution."""
        try:
            self._client.invoke(
                FunctionName=self._function,
                InvocationType="Event",
                DurableExecutionName=execution_name,
                Payload=payload,
            )
        except (ClientError, BotoCoreError) as error:
            raise _tell_failure("start the worker", error) from error


def _tell_failure(what: str, error: Exception) -> AwsError:
    code = error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
    return AwsError(
        f"This deployment could not {what} ({code}).",
        hint="Look at the deployment: its parts and the roles of its functions belong together. What was approved is "
        "written down; approve it again to go on.",
        aws_code=code,
    )
