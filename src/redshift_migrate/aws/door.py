"""The door to AWS: what anybody may ask of an account. Replies are JSON values, and nothing of botocore passes.

Whoever wants to watch the calls, or to remember the answers, is a door around a door.
"""

from __future__ import annotations

import contextlib
from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from redshift_migrate.errors import AwsError
from redshift_migrate.models.plan import Call
from redshift_migrate.models.regions import Identity
from redshift_migrate.telemetry import aws_called

PAGE_TOKENS = {"Marker": "Marker", "NextToken": "NextToken", "nextToken": "nextToken", "NextMarker": "Marker"}
"""How the services that we ask name the page to go on with: member of the reply → parameter of the next request."""


class Answer(NamedTuple):
    """What AWS answered: JSON values, moments as text in UTC; and the id under which AWS knows the request."""

    reply: dict[str, Any]
    request_id: str
    retries: int = 0
    """How often it was sent again before AWS answered."""


class Page(NamedTuple):
    """One page of a list: the call that asked for it, and what came."""

    call: Call
    answer: Answer


class Aws(Protocol):
    """An account. Every method that calls raises one of AwsError's leaves when it gets no answer."""

    @abstractmethod
    def ask(self, call: Call) -> Answer:
        """Make one call."""

    def answers(self, call: Call) -> Iterator[Page]:
        """Make the call for every page, in order."""

    def call(self, call: Call) -> dict[str, Any]:
        """Make one call; its reply alone."""

    def pages(self, call: Call, member: str) -> list[Any]:
        """Make the call for every page; the lists that the pages hold under that name, joined."""

    @abstractmethod
    def validate(self, call: Call) -> None:
        """InvalidRequest if botocore would refuse the parameters before sending them. Sends nothing."""

    def identity(self, region: str) -> Identity:
        """Who we are, asked once, in the region that the question is about (sts:GetCallerIdentity)."""


class Reply(dict[str, Any]):
    """An object of a reply. What is asked of it and is not there is AWS's silence, and told as one of our errors."""

    operation = ""

    @classmethod
    def of(cls, operation: str, value: Any) -> Any:
        """The value, every object in it a reply of that operation."""
        if isinstance(value, dict):
            reply = cls({name: cls.of(operation, each) for name, each in value.items()})
            reply.operation = operation
            return reply
        return [cls.of(operation, each) for each in value] if isinstance(value, list) else value

    def __missing__(self, name: str) -> Any:
        raise AwsError(
            f"AWS answered {self.operation} without {name}, so its answer cannot be used. Nothing was changed.",
            hint="Ask again; if it stays so, AWS answers in a way that this version does not know.",
            operation=self.operation,
        )


class Door(Aws):
    """All that follows from `ask`: a door that answers it in another way answers everything in that way."""

    def __init__(self) -> None:
        self._identity: Identity | None = None

    def call(self, call: Call) -> dict[str, Any]:
        reply: dict[str, Any] = Reply.of(call.name, self.ask(call).reply)
        return reply

    def answers(self, call: Call) -> Iterator[Page]:
        page: Call | None = call
        while page is not None:
            answer = self.ask(page)
            yield Page(page, answer)
            page = next_page(page, answer.reply)

    def pages(self, call: Call, member: str) -> list[Any]:
        items: list[Any] = []
        for page in self.answers(call):
            items += Reply.of(call.name, page.answer.reply.get(member) or [])
        return items

    def identity(self, region: str) -> Identity:
        if self._identity is None:
            reply = self.call(Call(service="sts", region=region, operation="GetCallerIdentity"))
            arn = str(reply["Arn"])
            self._identity = Identity(account_id=reply["Account"], arn=arn, partition=arn.split(":")[1])
        return self._identity


def next_page(call: Call, reply: dict[str, Any]) -> Call | None:
    """The call for the page after this one, None after the last. AwsError for a page that only leads to itself."""
    found = [(parameter, reply[name]) for name, parameter in PAGE_TOKENS.items() if reply.get(name)]
    if not found or not reply.get("IsTruncated", True):
        return None
    following = call.model_copy(update={"parameters": {**call.parameters, **dict(found)}})
    if following == call:
        raise AwsError(f"AWS answered the same page of {call.name} twice. Nothing was changed.", operation=call.name)
    return following


@dataclass(frozen=True)
class Observed:
    """One call that was made, whether it was answered or refused."""

    call: Call
    request_id: str
    error_code: str = ""


class WatchingDoor(Door):
    """A door around a door, which sees every call after it was made, from whatever thread."""

    def __init__(self, door: Aws) -> None:
        super().__init__()
        self._door = door

    def ask(self, call: Call) -> Answer:
        with self._watching(call):
            answer = self._door.ask(call)
        self.saw(Observed(call, answer.request_id))
        return answer

    def answers(self, call: Call) -> Iterator[Page]:
        pages, asked = self._door.answers(call), call
        while True:
            with self._watching(asked):
                page = next(pages, None)
            if page is None:
                return
            self.saw(Observed(page.call, page.answer.request_id))
            yield page
            asked = next_page(page.call, page.answer.reply) or asked

    @contextlib.contextmanager
    def _watching(self, call: Call) -> Iterator[None]:
        """See a call that is refused."""
        try:
            yield
        except AwsError as error:
            self.saw(Observed(call, error.request_id, error.aws_code or error.code))
            raise

    def validate(self, call: Call) -> None:
        self._door.validate(call)

    @abstractmethod
    def saw(self, observed: Observed) -> None:
        """A call was made."""


class MeteredAws(WatchingDoor):
    """A door whose calls are counted."""

    def saw(self, observed: Observed) -> None:
        aws_called(observed.call.name, ok=not observed.error_code)
