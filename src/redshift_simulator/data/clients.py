"""Clients that connect by a custom domain name: they go where the name leads, and leave where it led before.

A connection says `via` with the name; one without comes to the address of its cluster, whatever the name does.
"""

from __future__ import annotations

import copy

from redshift_simulator.account import Resource, SimulatedAccount
from redshift_simulator.data.contents import connection, contents_of

CLIENTS = "clients_by_domain"
ARRIVED = "_clients"
"""Of a cluster or a namespace: who came by a name, since when, until when."""
ASKED = "_asked"
"""The same: who asked through the Data API."""


def leave(account: SimulatedAccount, region: str, domain: str, place: Resource) -> None:
    """Nobody comes by that name to that place any more."""
    now_s, by_name = account.clock.now(), account.table(region, CLIENTS).setdefault(domain, {"clients": []})
    for client in clients_of(place):
        if client.get("via") == domain and "until_s" not in client:
            by_name["clients"] = [each for each in by_name["clients"] if each["user"] != client["user"]]
            by_name["clients"].append(copy.deepcopy(client))
            client["until_s"] = now_s


def arrive(account: SimulatedAccount, region: str, domain: str, place: Resource) -> None:
    """Who came by that name comes to that place from now on."""
    known = account.table(region, CLIENTS).get(domain, {"clients": []})["clients"]
    place.setdefault(ARRIVED, []).extend({**each, "since_s": account.clock.now()} for each in known)


def note_question(account: SimulatedAccount, region: str, place: Resource) -> None:
    """Whoever asks through the Data API is a client as well, under the name that IAM gives them there."""
    kind, _, rest = account.caller_arn(region).rpartition(":")[2].partition("/")
    user = f"IAMR:{rest.partition('/')[0]}" if kind == "assumed-role" else f"IAM:{rest}"
    earlier = [each for each in place.get(ASKED, []) if each["user"] != user]
    again = next((each["times"] for each in place.get(ASKED, []) if each["user"] == user), 0)
    asked = connection(user, "RedshiftDataAPI", driver="", auth="IAM Authentication", times=again + 1)
    place[ASKED] = [*earlier, {**asked, "host": "::ffff:127.0.0.1", "until_s": account.clock.now()}]


def clients_of(place: Resource) -> list[Resource]:
    """Everybody who connects or connected to a cluster or to a namespace."""
    own = contents_of(place)["connections"] if "ClusterIdentifier" in place else []
    arrived: list[Resource] = place.get(ARRIVED, [])
    return [*own, *arrived, *place.get(ASKED, [])]
