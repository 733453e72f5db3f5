"""What AWS answers unasked, accepts and refuses: a dated record, for the product and the simulated account alike.

Every line of `data/*.toml` is one fact with the place where it was read or seen, the date, and how well it stands:
`documented` by AWS, `seen` on a real account by others, `derived` from the two, or `assumed`. A fact that changes is
changed here, and nowhere else. What is not in the record is unknown, which is never the same as "does not exist".
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal, get_args

Standing = Literal["documented", "seen", "derived", "assumed"]
Scalar = str | int | float | bool

STANDINGS: tuple[Standing, ...] = get_args(Standing)
FILES = ("workgroup", "namespace", "parameter_groups", "capacity", "network", "limits", "refusals", "notices", "prices")
"""The files of the record, in the order in which the printed page has them."""


@dataclass(frozen=True)
class Fact:
    """One line of the record."""

    key: str
    value: Scalar
    source: str
    date: str
    """When it was read or seen, as YYYY-MM-DD."""
    standing: Standing
    note: str = ""
    """What a reader must know beside the value; of a refusal, when it happens."""


@dataclass(frozen=True)
class Assumption:
    """A belief about how AWS behaves that no value can express."""

    assumed: str
    why: str


@cache
def facts(name: str) -> Mapping[str, Fact]:
    """The table `FILE.TABLE` of the record, by key, in the order of the file. KeyError for one that is not there."""
    file, _, table = name.partition(".")
    return {row["key"]: Fact(**row) for row in _tables(file)[table]}


def fact(name: str, key: str) -> Fact:
    """One fact. KeyError when the record does not know it."""
    return facts(name)[key]


def texts(name: str) -> Mapping[str, str]:
    """The values of a table of texts."""
    return {key: _text(each) for key, each in facts(name).items()}


def numbers(name: str) -> Mapping[str, int]:
    """The values of a table of whole numbers."""
    return {key: _number(each) for key, each in facts(name).items()}


def amounts(name: str) -> Mapping[str, float]:
    """The values of a table of numbers that need not be whole, such as prices."""
    return {key: _amount(each) for key, each in facts(name).items()}


def text(name: str, key: str) -> str:
    """The value of a fact that is a text."""
    return _text(fact(name, key))


def number(name: str, key: str) -> int:
    """The value of a fact that is a whole number."""
    return _number(fact(name, key))


def sent_as(name: str) -> str:
    """How Redshift Serverless spells a member: `ip_address_type` is its `ipAddressType`."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def tables(file: str) -> tuple[str, ...]:
    """The names of a file's tables."""
    return tuple(_tables(file))


@cache
def assumptions() -> Mapping[str, tuple[Assumption, ...]]:
    """Beliefs by the part of AWS that they are about."""
    return {
        section["about"]: tuple(Assumption(assumed, why) for assumed, why in section["rows"])
        for section in _document("assumptions")["section"]
    }


def _text(fact: Fact) -> str:
    if not isinstance(fact.value, str):
        raise TypeError(f"{fact.key} is no text in the record")
    return fact.value


def _number(fact: Fact) -> int:
    if not isinstance(fact.value, int) or isinstance(fact.value, bool):
        raise TypeError(f"{fact.key} is no whole number in the record")
    return fact.value


def _amount(fact: Fact) -> float:
    if not isinstance(fact.value, int | float) or isinstance(fact.value, bool):
        raise TypeError(f"{fact.key} is no number in the record")
    return float(fact.value)


def _tables(file: str) -> dict[str, list[dict[str, Any]]]:
    return _document(file)


@cache
def _document(file: str) -> dict[str, Any]:
    return tomllib.loads(files(__name__).joinpath("data", f"{file}.toml").read_text(encoding="utf-8"))
