"""The endpoint's contract: ask, see the plan, approve on another route, watch; and who may do what."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest

from redshift_migrate.agent.events import Answer
from redshift_migrate.endpoint.wire import LARGEST_BODY, ApprovalRequired, TurnEnded, decode
from redshift_migrate.state.owner import Owner
from redshift_simulator import SimulatedAccount
from tests.endpoint.conftest import COPY, MIGRATOR, READER, Server, approve, ask, signed_by

CONFIGURE = "configure_serverless_snapshot_copy " + json.dumps(COPY)


async def finished(client: httpx.AsyncClient, migration_id: str, *, who: str = MIGRATOR) -> dict[str, Any]:
    """The run, once it has come to its end."""
    for _ in range(200):
        reply = await client.get(f"/migrations/{migration_id}?session=s1", headers=signed_by(who))
        body: dict[str, Any] = reply.json()
        if reply.status_code != 200 or body["state"] == "finished" or body["stopped_because"]:
            return body
        await asyncio.sleep(0.05)
    raise AssertionError(f"the run does not end: {body}")


def test_a_change_is_planned_approved_on_its_own_route_and_carried_out(
    server: Server, account: SimulatedAccount
) -> None:
    async def talk(client: httpx.AsyncClient) -> None:
        asked = (await ask(client, CONFIGURE)).json()
        assert asked["status"] == "approval_required"
        plan = asked["approval_required"]
        assert plan["plan"]["steps"][0]["call"]["operation"] == "CreateSnapshotCopyConfiguration"
        assert account.writes() == []

        shown = await client.get(f"/plans/{plan['plan_digest']}?session=s1", headers=signed_by(MIGRATOR))
        assert shown.json() == plan

        approved = await approve(client, plan["plan_digest"])
        assert approved.status_code == 202
        assert approved.json()["approved_by"] == MIGRATOR

        run = await finished(client, approved.json()["migration_id"])
        assert run["approved_by"] == f"{MIGRATOR} (endpoint)"
        assert run["steps_left"] == []

    server.run(talk)

    assert [call.operation for call in account.writes()] == ["CreateSnapshotCopyConfiguration"]


def test_words_do_not_approve(server: Server, account: SimulatedAccount) -> None:
    async def talk(client: httpx.AsyncClient) -> None:
        digest = (await ask(client, CONFIGURE)).json()["approval_required"]["plan_digest"]
        for words in (
            f"approve {digest}",
            f"/approve {digest}",
            "yes, approved",
            f'apply_plan {{"plan_digest": "{digest}"}}',
        ):
            await ask(client, words)
        again = await ask(client, CONFIGURE)
        assert again.json()["status"] == "approval_required"

    server.run(talk)

    assert account.writes() == []


def test_a_plan_that_only_the_model_spoke_of_is_shown_before_it_can_be_approved(
    server: Server, account: SimulatedAccount
) -> None:
    async def talk(client: httpx.AsyncClient) -> tuple[httpx.Response, httpx.Response]:
        choices = json.dumps({"cluster_id": "dev-sandbox", "namespace_name": "sandbox"})
        assert (await ask(client, f"plan_migration {choices}")).json()["status"] == "answered"
        plan = server.keeper.store(Owner(principal=MIGRATOR, session="s1")).newest_plan()
        assert plan is not None
        refused = await approve(client, plan.digest)
        assert account.writes() == []
        return refused, await approve(client, plan.digest)

    refused, approved = server.run(talk)

    assert (refused.status_code, approved.status_code) == (409, 202)
    assert refused.json()["error"]["code"] == "PlanNotShown"
    shown = refused.json()["error"]["approval_required"]
    assert shown["plan_digest"] == approved.json()["plan_digest"]
    assert shown["plan"]["steps"]


def test_an_approval_is_for_one_run_only(server: Server, account: SimulatedAccount) -> None:
    async def talk(client: httpx.AsyncClient) -> None:
        digest = (await ask(client, CONFIGURE)).json()["approval_required"]["plan_digest"]
        first = (await approve(client, digest)).json()
        await finished(client, first["migration_id"])
        again = await approve(client, digest)
        assert again.status_code == 200
        assert again.json()["status"] == "unchanged"

    server.run(talk)

    assert len(account.writes()) == 1


def test_a_plan_that_the_account_has_left_behind_is_not_applied(server: Server, account: SimulatedAccount) -> None:
    async def talk(client: httpx.AsyncClient) -> httpx.Response:
        digest = (await ask(client, CONFIGURE)).json()["approval_required"]["plan_digest"]
        other = json.dumps(COPY | {"destination_region": "eu-west-1"})
        moved = (await ask(client, f"configure_serverless_snapshot_copy {other}")).json()["approval_required"]
        await finished(client, (await approve(client, moved["plan_digest"])).json()["migration_id"])
        return await approve(client, digest)

    stale = server.run(talk)

    assert stale.status_code == 409
    assert stale.json()["error"]["code"] == "StalePlan"
    assert len(account.writes()) == 1


def test_who_may_only_look_cannot_approve_and_is_not_offered_changes(server: Server, account: SimulatedAccount) -> None:
    async def talk(client: httpx.AsyncClient) -> tuple[httpx.Response, httpx.Response]:
        return await ask(client, CONFIGURE, who=READER), await approve(client, "0" * 64, who=READER)

    asked, approved = server.run(talk)

    assert asked.json()["approval_required"] is None
    assert not asked.json()["tools"][0]["ok"]
    assert approved.status_code == 403
    assert account.writes() == []


def test_identity_comes_from_the_authoriser_alone(server: Server) -> None:
    async def talk(client: httpx.AsyncClient) -> list[httpx.Response]:
        bodies: list[dict[str, Any]] = [{"prompt": "hello"}, {"prompt": "hello", "principal": MIGRATOR}]
        nobody = [await client.post("/invocations", json=body) for body in bodies]
        broken = {"x-amzn-request-context": '{"authorizer": {"iam": null}}', "authorization": MIGRATOR}
        return [*nobody, await client.post("/invocations", json=bodies[0], headers=broken)]

    assert [reply.status_code for reply in server.run(talk)] == [401, 401, 401]


def test_others_find_nothing_whatever_they_guess(server: Server) -> None:
    other = "arn:aws:sts::123456789012:assumed-role/Migrators/eve"

    async def talk(client: httpx.AsyncClient) -> list[int]:
        digest = (await ask(client, CONFIGURE)).json()["approval_required"]["plan_digest"]
        run = (await approve(client, digest)).json()["migration_id"]
        await finished(client, run)
        replies = [
            await approve(client, digest, who=other),
            await approve(client, digest, session="s2"),
            await client.get(f"/plans/{digest}?session=s1", headers=signed_by(other)),
            await client.get(f"/plans/{digest}?session=s2", headers=signed_by(MIGRATOR)),
            await client.get(f"/migrations/{run}?session=s1", headers=signed_by(other)),
            await client.get(f"/migrations/{run}?session=s2", headers=signed_by(MIGRATOR)),
            await client.get("/plans/00000000?session=s1", headers=signed_by(MIGRATOR)),
            await client.get(f"/migrations/{run}/report?session=s1", headers=signed_by(other)),
            await client.get(f"/migrations/{run}/verification?session=s2", headers=signed_by(MIGRATOR)),
            await client.post(
                "/plans", json={"session": "s1", "kind": "undo", "migration_id": run}, headers=signed_by(other)
            ),
        ]
        listed = await client.get("/migrations?session=s1", headers=signed_by(other))
        assert listed.json() == {"migrations": []}
        assert {reply.json()["error"]["code"] for reply in replies} == {"PlanNotFound", "MigrationNotFound"}
        return [reply.status_code for reply in replies]

    assert server.run(talk) == [404] * 10


def test_a_session_goes_on_in_another_process(server: Server) -> None:
    async def first(client: httpx.AsyncClient) -> None:
        await ask(client, "remember the word heron")

    async def second(client: httpx.AsyncClient) -> None:
        await ask(client, "and now?")

    server.run(first)
    models: list[Any] = []
    make = server.model

    def remembered() -> Any:
        models.append(make())
        return models[-1]

    server.model = remembered
    server.run(second)

    assert "heron" in json.dumps(models[0].requests[0])


def test_one_writer_a_session(server: Server) -> None:
    async def talk(client: httpx.AsyncClient) -> list[int]:
        replies = await asyncio.gather(*(ask(client, f"turn {number}") for number in range(8)))
        return sorted(reply.status_code for reply in replies)

    codes = server.run(talk)

    assert codes[0] == 200
    assert codes[-1] == 409
    assert set(codes) == {200, 409}


def test_sessions_never_cross(server: Server) -> None:
    """50 sessions of 20 turns at once, each with a word of its own; some share the session's name, none a word."""
    sessions = [
        (f"arn:aws:sts::123456789012:assumed-role/Migrators/person{number % 25}", f"s{number % 2}")
        for number in range(50)
    ]

    async def one(client: httpx.AsyncClient, who: str, session: str) -> str:
        said = ""
        for turn in range(20):
            reply = await ask(client, f"canary-{who[-8:]}-{session}. turn {turn}", who=who, session=session)
            said += reply.text
        return said

    async def talk(client: httpx.AsyncClient) -> list[str]:
        return list(await asyncio.gather(*(one(client, who, session) for who, session in dict.fromkeys(sessions))))

    transcripts = server.run(talk)

    owners = list(dict.fromkeys(sessions))
    assert len(owners) == 50
    for (who, session), said in zip(owners, transcripts, strict=True):
        foreign = [f"canary-{w[-8:]}-{s}." for w, s in owners if (w, s) != (who, session)]
        assert said.count(f"canary-{who[-8:]}-{session}.") == 20
        assert not any(canary in said for canary in foreign)


def test_a_stream_tells_what_happens_and_ends(server: Server) -> None:
    async def talk(client: httpx.AsyncClient) -> list[Any]:
        headers = signed_by(MIGRATOR) | {"accept": "text/event-stream"}
        body = {"prompt": CONFIGURE, "session": "s1"}
        async with client.stream("POST", "/invocations", json=body, headers=headers) as reply:
            assert reply.headers["content-type"].startswith("text/event-stream")
            return list(decode([line async for line in reply.aiter_lines()]))

    events = server.run(talk)

    kinds = [event.kind for event in events]
    assert kinds[-1] == "end"
    assert {"tool_call", "approval_required", "tool_result", "usage", "answer"} <= set(kinds)
    waiting = next(event for event in events if isinstance(event, ApprovalRequired))
    assert waiting.plan.digest == waiting.plan_digest
    assert isinstance(events[-2], Answer)
    assert events[-1] == TurnEnded(session="s1", status="approval_required", request_id=events[-1].request_id)


MALFORMED: list[tuple[str, bytes, str, int]] = [
    ("not json", b"{", "application/json", 400),
    ("a list", b"[]", "application/json", 400),
    ("too deep", b'{"prompt":' + b"[" * 50_000 + b"]" * 50_000 + b"}", "application/json", 400),
    ("not a number", b'{"prompt": NaN}', "application/json", 400),
    ("not UTF-8", b'{"prompt": "\xff"}', "application/json", 400),
    ("too large", b'{"prompt":"' + b"x" * LARGEST_BODY + b'"}', "application/json", 413),
    ("a form", b"prompt=hello", "application/x-www-form-urlencoded", 415),
    ("no type", b'{"prompt":"x"}', "", 415),
    ("no prompt", b"{}", "application/json", 422),
    ("an empty prompt", b'{"prompt":""}', "application/json", 422),
    ("a number", b'{"prompt":1}', "application/json", 422),
    ("a prompt beyond all bounds", b'{"prompt":"' + b"x" * 20_001 + b'"}', "application/json", 422),
    ("a path as session", b'{"prompt":"x","session":"../../etc"}', "application/json", 422),
    ("an unknown member", b'{"prompt":"x","role":"admin"}', "application/json", 422),
    ("a very long number", b'{"prompt":' + b"9" * 5_000 + b"}", "application/json", 400),
]


@pytest.mark.parametrize(
    ("body", "kind", "status"), [case[1:] for case in MALFORMED], ids=[case[0] for case in MALFORMED]
)
def test_a_bad_body_is_refused_without_a_trace(server: Server, body: bytes, kind: str, status: int) -> None:
    async def talk(client: httpx.AsyncClient) -> httpx.Response:
        return await client.post("/invocations", content=body, headers=signed_by(MIGRATOR) | {"content-type": kind})

    reply = server.run(talk)

    assert reply.status_code == status
    assert set(reply.json()) == {"error"}
    assert "Traceback" not in reply.text
    assert [words for words in ("should", "Field required", "Extra inputs", "pydantic") if words in reply.text] == []
    assert len(reply.text) < 2_000
    assert reply.headers["x-request-id"] == reply.json()["error"]["request_id"]


def test_what_is_not_there_is_refused_in_the_same_form(server: Server) -> None:
    async def talk(client: httpx.AsyncClient) -> list[httpx.Response]:
        return [
            await client.get("/nothing", headers=signed_by(MIGRATOR)),
            await client.get("/invocations", headers=signed_by(MIGRATOR)),
            await client.get("/plans/UPPER?session=s1", headers=signed_by(MIGRATOR)),
            await client.get("/plans/00000000", headers=signed_by(MIGRATOR)),
            await client.get("/docs", headers=signed_by(MIGRATOR)),
        ]

    replies = server.run(talk)

    assert [reply.status_code for reply in replies] == [404, 405, 422, 422, 404]
    assert all(set(reply.json()) == {"error"} for reply in replies)


def test_an_accident_shows_nothing_but_its_id(server: Server) -> None:
    def broken() -> Any:
        raise ZeroDivisionError("secret-canary")

    server.model = broken

    async def talk(client: httpx.AsyncClient) -> httpx.Response:
        return await ask(client, "hello")

    reply = server.run(talk)

    assert reply.status_code == 500
    assert "canary" not in reply.text
    assert reply.json()["error"]["code"] == "Bug"


def test_ping_answers_before_the_agent_is_loaded_and_tells_when_it_changed(server: Server) -> None:
    async def talk(client: httpx.AsyncClient) -> tuple[dict[str, Any], int, dict[str, Any]]:
        before, loaded = (await client.get("/ping")).json(), server.loaded
        await ask(client, "hello")
        return before, loaded, (await client.get("/ping")).json()

    app = server.app()
    before, loaded, after = server.run(talk, app)

    assert loaded == 0 or before["status"] == "Healthy"
    assert set(before) == {"status", "time_of_last_update"}
    assert after["status"] == "Healthy"
    assert after["time_of_last_update"] >= before["time_of_last_update"]


def test_a_web_page_cannot_reach_a_server_on_loopback(server: Server) -> None:
    async def talk(client: httpx.AsyncClient) -> list[int]:
        headers = [
            {"origin": "https://evil.example"},
            {"host": "evil.example:8080"},
            {"origin": "null"},
            {"origin": "http://localhost:3000"},
        ]
        body = {"prompt": "hello"}
        replies = [await client.post("/invocations", json=body, headers=signed_by(MIGRATOR) | more) for more in headers]
        return [reply.status_code for reply in replies]

    assert server.run(talk, server.app(loopback=True)) == [403, 421, 403, 200]


def test_the_schema_tells_all_routes(server: Server) -> None:
    paths = server.app().openapi()["paths"]

    assert {path: set(verbs) for path, verbs in paths.items()} == {
        "/ping": {"get"},
        "/invocations": {"post"},
        "/approvals": {"post"},
        "/plans": {"post"},
        "/plans/{digest}": {"get"},
        "/migrations": {"get"},
        "/migrations/{migration_id}": {"get"},
        "/migrations/{migration_id}/report": {"get"},
        "/migrations/{migration_id}/verification": {"get"},
        "/whoami": {"get"},
        "/clusters": {"get"},
        "/namespaces": {"get"},
    }


def test_who_asks_and_what_is_worked_on_is_told(server: Server) -> None:
    async def talk(client: httpx.AsyncClient) -> list[dict[str, Any]]:
        who = (MIGRATOR, READER)
        return [(await client.get("/whoami?session=s1", headers=signed_by(each))).json() for each in who]

    migrator, reader = server.run(talk)
    assert migrator["caller"] == MIGRATOR
    assert (migrator["account_id"], migrator["region"]) == ("123456789012", "us-east-2")
    assert not migrator["read_only"]
    assert reader["read_only"]


def test_names_are_told_without_a_model(server: Server) -> None:
    async def talk(client: httpx.AsyncClient) -> tuple[dict[str, Any], dict[str, Any], httpx.Response]:
        by = signed_by(READER)
        some = await client.get("/clusters?session=s1&name_contains=prod", headers=by)
        spaces = await client.get("/namespaces?session=s1", headers=by)
        return some.json(), spaces.json(), await client.get("/clusters?session=s1&region=us-east-22", headers=by)

    some, spaces, nowhere = server.run(talk)
    assert some["region"] == "us-east-2"
    assert {cluster["cluster_id"] for cluster in some["clusters"]} == {"prod-db-1"}
    assert "my-namespace" in spaces["namespaces"]
    assert nowhere.status_code == 400
    assert "no AWS region" in nowhere.json()["error"]["message"]


def test_a_run_is_verified_reported_and_taken_back_on_routes_of_its_own(
    server: Server, account: SimulatedAccount
) -> None:
    async def talk(client: httpx.AsyncClient) -> None:
        by = signed_by(MIGRATOR)
        digest = (await ask(client, CONFIGURE)).json()["approval_required"]["plan_digest"]
        run = (await approve(client, digest)).json()["migration_id"]
        await finished(client, run)

        listed = await client.get("/migrations?session=s1", headers=by)
        assert [each["migration_id"] for each in listed.json()["migrations"]] == [run]
        report = await client.get(f"/migrations/{run}/report?session=s1", headers=by)
        assert "| state | finished |" in report.json()["markdown"]
        verified = await client.get(f"/migrations/{run}/verification?session=s1", headers=by)
        assert verified.json()["verification"]["drift"] == []

        made = len(account.writes())
        asked = {"session": "s1", "kind": "undo", "migration_id": run}
        undo = (await client.post("/plans", json=asked, headers=by)).json()
        assert len(account.writes()) == made
        assert undo["plan"]["steps"][0]["call"]["operation"] == "DeleteSnapshotCopyConfiguration"
        back = await approve(client, undo["plan_digest"])
        assert back.status_code == 202
        await finished(client, back.json()["migration_id"])

    server.run(talk)
    assert account.writes()[-1].operation == "DeleteSnapshotCopyConfiguration"
