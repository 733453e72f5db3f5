"""Plain tool methods → strands tools: a small schema from the signature, errors as data, text made safe."""

from __future__ import annotations

import inspect
import logging
import types
import typing
from collections.abc import Callable
from functools import cache
from typing import Any, Literal, get_args, get_origin, get_type_hints

from strands import tool
from strands.tools.decorator import DecoratedFunctionTool

from redshift_migrate.agent.arguments import WORDS, describe
from redshift_migrate.agent.plan_results import Result
from redshift_migrate.agent.toolbox import Change, Changes, Toolbox
from redshift_migrate.errors import RedshiftMigrateError
from redshift_migrate.text import visible_values
from redshift_migrate.tools import offered_tools

LOG = logging.getLogger(__name__)

LONGEST_TEXT = 12_000
"""Characters of one text in an answer; a long SQL is cut and says so."""

_JSON_TYPES: dict[Any, str] = {str: "string", int: "integer", bool: "boolean", float: "number"}


def bind_tools(toolbox: Toolbox, *, read_only: bool) -> list[DecoratedFunctionTool[..., Any]]:
    """Every tool that is offered, as the SDK wants it."""
    return [_tool(each.name).__get__(toolbox) for each in offered_tools(read_only=read_only)]


@cache
def _tool(name: str) -> DecoratedFunctionTool[..., Any]:
    """The method of that name as a strands tool, yet of no toolbox. The SDK takes long over it; every agent has all."""
    method: Callable[..., Result | Change | Changes] = getattr(Toolbox, name)
    return tool(  # type: ignore[call-overload,no-any-return]
        _answering(name, method),
        name=name,
        description=inspect.getdoc(method) or name,
        inputSchema={"json": input_schema(name, method)},
    )


def input_schema(name: str, method: Callable[..., Any]) -> dict[str, Any]:
    """The smallest JSON schema that says the signature, with a line for each argument; defaults are left out."""
    hints = get_type_hints(method)
    parameters = [each for each in inspect.signature(method).parameters.values() if each.name != "self"]
    required = [each.name for each in parameters if each.default is inspect.Parameter.empty]
    return {
        "type": "object",
        "properties": {each.name: _describe(name, each.name, _schema(hints[each.name])) for each in parameters},
        **({"required": required} if required else {}),
    }


def _describe(tool: str, argument: str, schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with what the argument is, and the words that it takes; a word that is nearly one is still heard."""
    if argument in WORDS:
        place = schema["items"] if schema.get("type") == "array" else schema
        place["enum"] = list(map(str, WORDS[argument]))
    return schema | {"description": describe(tool, argument)}


def _schema(hint: Any) -> dict[str, Any]:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return _schema(next(each for each in arguments if each is not type(None)))
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin is list:
        return {"type": "array", "items": _schema(arguments[0])}
    return {"type": _JSON_TYPES[hint]}


def _answering(name: str, method: Callable[..., Result | Change | Changes]) -> Callable[..., dict[str, Any]]:
    """The border at which exceptions become answers: our own whole, any other as one sentence and a log entry."""

    def answer(self: Toolbox, **arguments: Any) -> dict[str, Any]:
        try:
            value = method(self, **arguments)
            if isinstance(value, Change | Changes):
                value = value.answer()
            return _result("success", value)
        except RedshiftMigrateError as error:
            return _result("error", {"status": "error", "message": error.message, "error": error.as_json()})
        except Exception:
            LOG.exception("tool=<%s> | failed unexpectedly", name)
            said = f"{name} failed in a way it should not; nothing more is known. Details are in the log."
            return _result("error", {"status": "error", "message": said, "error": {"code": "Bug", "message": said}})

    answer.__name__ = name
    answer.__signature__ = inspect.signature(method)  # type: ignore[attr-defined]
    answer.__annotations__ = get_type_hints(method)
    return answer


def _result(status: str, value: dict[str, Any]) -> dict[str, Any]:
    return {"status": status, "content": [{"json": visible_values(value, LONGEST_TEXT)}]}
