"""What the simulated account refuses, said the way AWS says it."""

from __future__ import annotations

from http import HTTPStatus


class SimulatedError(Exception):
    """An error reply: the code that boto3 turns into a typed exception, its message and HTTP status."""

    def __init__(self, code: str, message: str, status: int = HTTPStatus.BAD_REQUEST, **members: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = int(status)
        self.members = members
        """Further members of the error shape, such as `resourceName`."""


class SimulationDefectError(Exception):
    """The simulated account itself is wrong: its reply does not fit the service model."""


def validation(message: str) -> SimulatedError:
    """The error of Redshift Serverless for input that fits the model and is still not allowed."""
    return SimulatedError("ValidationException", message)


def conflict(message: str) -> SimulatedError:
    """The error of Redshift Serverless for something that exists already or is busy."""
    return SimulatedError("ConflictException", message)


def not_found(message: str, resource_name: str) -> SimulatedError:
    """The error of Redshift Serverless for a name that does not exist; AWS sends it with status 400."""
    return SimulatedError("ResourceNotFoundException", message, resourceName=resource_name)


def invalid_parameter(message: str) -> SimulatedError:
    """The error of provisioned Redshift for a value outside its rules."""
    return SimulatedError("InvalidParameterValue", message)
