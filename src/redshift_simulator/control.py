"""The control door for tests in other processes: calls, faults, clock and resources as plain JSON."""

from __future__ import annotations

import json
from typing import Any

from redshift_simulator.account import PENDING, SimulatedAccount, change
from redshift_simulator.exchange import Reply, Request

PREFIX = "/_simulated/"


def answer(account: SimulatedAccount, request: Request) -> Reply:
    """Answer one control request."""
    try:
        with account.transaction():
            return _json(200, _do(account, request))
    except (LookupError, TypeError, ValueError) as error:
        return _json(400, {"error": f"{type(error).__name__}: {error}"})


def _do(account: SimulatedAccount, request: Request) -> Any:
    match request.method, request.path.removeprefix(PREFIX):
        case "GET", "calls":
            return {"calls": [call.to_json() for call in account.calls]}
        case "DELETE", "calls":
            account.calls.clear()
        case "POST", "faults":
            account.faults.add_json(json.loads(request.body))
        case "DELETE", "faults":
            account.faults.clear()
        case "GET", "state":
            return account.state
        case "GET", "defects":
            return {"defects": account.defects}
        case "POST", "clock":
            account.clock.advance(float(json.loads(request.body)["advance_s"]))
        case "POST", "set":
            return _set(account, json.loads(request.body))
        case method, what:
            raise LookupError(f"no control request {method} {what}")
    return {}


def _set(account: SimulatedAccount, document: dict[str, Any]) -> dict[str, Any]:
    """Change a resource of a kind by hand, as a colleague in the console would; None removes a member."""
    table = account.table(document["region"], document["kind"])
    resource = table[document["name"]]
    resource.pop(PENDING, None)  # what was set by hand stays
    change(resource, document["changes"])
    return resource


def _json(status: int, document: Any) -> Reply:
    return Reply(status, {"Content-Type": "application/json"}, json.dumps(document, default=str).encode())
