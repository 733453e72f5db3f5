"""Service models by signing name, and the operation that a request asks for."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import Any

from botocore.exceptions import UnknownServiceError
from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel

MODEL_NAMES = {  # signing name -> name of botocore's model, where they differ
    "monitoring": "cloudwatch",
    "servicequotas": "service-quotas",
    "states": "stepfunctions",
    "tagging": "resourcegroupstaggingapi",
    "bedrock": "bedrock-runtime",
}


@cache
def service_model(signing_name: str) -> Any | None:
    """botocore's model of a service, or None when it knows no such service."""
    name = MODEL_NAMES.get(signing_name, signing_name)
    try:
        return ServiceModel(Loader().load_service_model(name, "service-2"), name)
    except UnknownServiceError:
        return None


def protocol_of(model: Any) -> str:
    """The wire format that botocore speaks with this service: `query`, `ec2`, `json`, `rest-json`, `rest-xml`."""
    return str(model.resolved_protocol)


def find_operation(model: Any, name: str) -> Any | None:
    """The model of one operation, or None when the service has none of that name."""
    known: OperationModel | None = model.operation_model(name) if name in model.operation_names else None
    return known


def iso8601(at_s: float) -> str:
    """Such as 2026-12-06T05:00:00Z, with milliseconds only where there are some."""
    moment = datetime.fromtimestamp(at_s, UTC)
    timespec = "milliseconds" if moment.microsecond >= 1000 else "seconds"
    return moment.isoformat(timespec=timespec).replace("+00:00", "Z")
