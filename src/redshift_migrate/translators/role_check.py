"""May this role do that? Read from its policies alone, with "cannot tell" where IAM would need to know more.

Source: IAM User Guide, "Policy evaluation logic" and "IAM JSON policy elements". What is not read here (service control
policies, session policies, policies of resources) can only forbid more, never less.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, Literal

from pydantic import Field

from redshift_migrate.models.base import JsonObject, Unknown, Value
from redshift_migrate.models.role_access import RoleAccess

Answer = Literal["yes", "no", "cannot tell"]
Matches = bool | None
"""None: it depends on something that is not known here."""

ASSUME = "sts:AssumeRole"
_KNOWN_TESTS = {"stringequals", "stringlike", "arnequals", "arnlike"}


class Ask(Value):
    """One thing that the role must be allowed."""

    action: str
    resource: str = Field(description="an ARN; with `*` or `?` one of that form, whose exact name is not known yet")


class RoleVerdict(Value):
    """Whether a service may use the role, and the role may make the calls."""

    trusted: Answer
    allowed: Answer
    missing: tuple[Ask, ...] = ()
    """What is surely not allowed."""
    doubtful: tuple[Ask, ...] = ()
    """What cannot be told."""
    unread: tuple[str, ...] = ()
    """What could not be read, as sentences."""

    @property
    def answer(self) -> Answer:
        """The two together."""
        return both(self.trusted, self.allowed)


def check_role(
    access: RoleAccess | Unknown, service: str, asks: Sequence[Ask], context: Mapping[str, str]
) -> RoleVerdict:
    """Whether `service` may assume the role and the role may do all of `asks`.

    `context` has the condition keys whose values are known, in lower case.
    """
    if isinstance(access, Unknown):
        unread = (access.sentence(),)
        return RoleVerdict(trusted="cannot tell", allowed="cannot tell", doubtful=tuple(asks), unread=unread)
    trust = access.trust_policy
    trusted: Answer = "cannot tell" if isinstance(trust, Unknown) else trusts(trust, service, context)
    answers = [(ask, may(access, ask)) for ask in asks]
    missing = tuple(ask for ask, answer in answers if answer == "no")
    doubtful = tuple(ask for ask, answer in answers if answer == "cannot tell")
    return RoleVerdict(
        trusted=trusted,
        allowed="no" if missing else "cannot tell" if doubtful else "yes",
        missing=missing,
        doubtful=doubtful,
        unread=tuple(each.sentence() for each in (*access.unread, trust) if isinstance(each, Unknown)),
    )


def may(access: RoleAccess, ask: Ask) -> Answer:
    """Whether the role's own policies, within its boundary, allow it.

    IAM's simulation counts when it says yes, and only for the action that it was asked about.
    """
    if access.simulated is not None and access.simulated.get(ask.action):
        return "yes"
    documents = [policy.document for policy in access.policies]
    answer = evaluate(documents, ask)
    if access.has_unread_policies and not _is_denied(documents, ask):
        answer = "cannot tell"  # a policy that could not be read may allow it, or deny it
    if access.permissions_boundary is not None:
        answer = both(answer, evaluate([access.permissions_boundary.document], ask))
    return answer


def trusts(policy: JsonObject, service: str, context: Mapping[str, str]) -> Answer:
    """Whether the trust policy lets the service assume the role."""
    return _decide(
        (
            statement,
            _all(
                _action_matches(statement, ASSUME),
                _principal_matches(statement, service),
                _condition_holds(statement, context),
            ),
        )
        for statement in statements(policy)
    )


def evaluate(policies: Iterable[JsonObject], ask: Ask, context: Mapping[str, str] | None = None) -> Answer:
    """The verdict of these policies together: a Deny counts more than any Allow, and nothing is a no."""
    return _decide(
        (statement, _applies(statement, ask, context or {})) for policy in policies for statement in statements(policy)
    )


def both(one: Answer, other: Answer) -> Answer:
    """Both must say yes; one no is a no."""
    if "no" in (one, other):
        return "no"
    return "yes" if one == other == "yes" else "cannot tell"


def statements(policy: JsonObject) -> list[dict[str, Any]]:
    """The statements of a policy, one or many."""
    return [each for each in _as_list(policy.get("Statement")) if isinstance(each, dict)]


def _decide(found: Iterable[tuple[dict[str, Any], Matches]]) -> Answer:
    allowed: Matches = False
    may_be_denied = False
    for statement, matches in found:
        if statement.get("Effect") == "Deny":
            if matches:
                return "no"
            may_be_denied = may_be_denied or matches is None
        elif matches or (matches is None and not allowed):
            allowed = matches
    if not allowed:
        return "cannot tell" if allowed is None else "no"
    return "cannot tell" if may_be_denied else "yes"


def _is_denied(policies: Iterable[JsonObject], ask: Ask) -> bool:
    return any(
        statement.get("Effect") == "Deny" and _applies(statement, ask, {})
        for policy in policies
        for statement in statements(policy)
    )


def _applies(statement: dict[str, Any], ask: Ask, context: Mapping[str, str]) -> Matches:
    return _all(
        _action_matches(statement, ask.action),
        _resource_matches(statement, ask.resource),
        _condition_holds(statement, context),
    )


def _all(*parts: Matches) -> Matches:
    if False in parts:
        return False
    return None if None in parts else True


def _action_matches(statement: dict[str, Any], action: str) -> Matches:
    return _one_of(statement, "Action", "NotAction", action, re.IGNORECASE)


def _resource_matches(statement: dict[str, Any], resource: str) -> Matches:
    return _one_of(statement, "Resource", "NotResource", resource, 0)


def _one_of(statement: dict[str, Any], member: str, negated: str, value: str, flags: int) -> Matches:
    """Whether the element names the value; None when a policy variable decides."""
    names = [each for each in _as_list(statement.get(member, statement.get(negated))) if isinstance(each, str)]
    found: Matches = any(_pattern(name, flags).fullmatch(value) for name in names if "${" not in name)
    if not found and any("${" in name or (re.search(r"[*?]", value) and _overlap(name, value)) for name in names):
        found = None
    return found if member in statement or found is None else negated in statement and not found


def _principal_matches(statement: dict[str, Any], service: str) -> Matches:
    if "NotPrincipal" in statement:
        return None
    principal = statement.get("Principal")
    if principal == "*":
        return True
    services = _as_list(principal.get("Service")) if isinstance(principal, dict) else []
    return service in services or "*" in services


def _condition_holds(statement: dict[str, Any], context: Mapping[str, str]) -> Matches:
    """Every operator and key must hold; a key whose value is not known, or an operator not read here, is None."""
    condition = statement.get("Condition") or {}
    if not isinstance(condition, dict):
        return None
    return _all(
        *(
            _test_holds(str(operator), str(key), wanted, context)
            for operator, tests in condition.items()
            for key, wanted in (tests.items() if isinstance(tests, dict) else [("", None)])
        )
    )


def _test_holds(operator: str, key: str, wanted: Any, context: Mapping[str, str]) -> Matches:
    name = operator.lower().removesuffix("ifexists")
    value = context.get(key.lower())
    if value is None or name not in _KNOWN_TESTS or any("${" in str(each) for each in _as_list(wanted)):
        return None
    if name == "stringequals":
        return value in _as_list(wanted)
    return any(_pattern(str(each), 0).fullmatch(value) for each in _as_list(wanted))


@cache
def _overlap(one: str, other: str) -> bool:
    """Whether some text fits both patterns."""
    open_places, seen = [(0, 0)], {(0, 0)}
    while open_places:
        i, j = open_places.pop()
        here, there = one[i : i + 1], other[j : j + 1]
        if not here and not there:
            return True
        nexts = []
        if here == "*":
            nexts += [(i + 1, j), (i, j + 1)] if there else [(i + 1, j)]
        if there == "*":
            nexts += [(i, j + 1), (i + 1, j)] if here else [(i, j + 1)]
        if here and there and (here == there or "?" in (here, there)):
            nexts.append((i + 1, j + 1))
        open_places += [place for place in nexts if place not in seen]
        seen.update(nexts)
    return False


@cache
def _pattern(text: str, flags: int) -> re.Pattern[str]:
    """`*` is any text, `?` any one character, everything else itself."""
    parts = (".*" if part == "*" else "." if part == "?" else re.escape(part) for part in re.split(r"([*?])", text))
    return re.compile("".join(parts), flags | re.DOTALL)


def _as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
