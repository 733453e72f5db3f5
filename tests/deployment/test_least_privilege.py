"""The roles of the deployment allow exactly what the product does: nothing is missing, nothing is unused.

Every tool is used on the simulated account; what it called, with what AWS would check along with it, is put to an
evaluator of IAM policies together with the translated template. Only the implied part rests on documentation alone.
"""

from __future__ import annotations

import copy
import os
from collections.abc import Callable
from typing import Any

import pytest

from redshift_migrate.aws.client import AwsClient
from redshift_migrate.aws.session import PinnedSession
from redshift_migrate.models.plan import Call
from redshift_migrate.permissions import OPERATIONS, policy_of
from redshift_migrate.state.table import CONSENT
from redshift_migrate.tools import TOOLS
from tests.deployment.evaluation import Asked, Policies, decisions, is_installed, requests_of
from tests.deployment.policies import ACCOUNT, ARNS, REGION, policy, role_policies
from tests.deployment.recorder import Recorder, record
from tests.deployment.samples import IMPLIED, KEY_ARN, ROLE_ARN, SAMPLES, sample_calls

pytestmark = [
    pytest.mark.skipif(
        not is_installed() and not os.environ.get("CI"), reason="scripts/utils/iam/install has not run; it needs npm"
    ),
]


@pytest.fixture(scope="module")
def recorder(tmp_path_factory: pytest.TempPathFactory) -> Recorder:
    """The tour, taken once."""
    return record(tmp_path_factory.mktemp("tour"))


@pytest.fixture(scope="module")
def calls(recorder: Recorder) -> list[Call]:
    """Every call of the product that a deployment may make, recorded or sampled."""
    by_themselves = (None, "fleet", "data", "decommission")
    return [call for call in (*recorder.calls, *sample_calls()) if policy_of(call.name) not in by_themselves]


@pytest.fixture(scope="module")
def fleet_calls(recorder: Recorder) -> list[Call]:
    """The calls of the tour that need the optional policy."""
    mine = [call for call in (*recorder.calls, *sample_calls()) if policy_of(call.name) == "fleet"]
    return [call for call in mine if call.name != "sts:AssumeRole"]


def own_parts() -> list[Asked]:
    """What the endpoint does with the deployment's own parts; tests/endpoint sees these calls, and no others."""
    table = _table("0" * 64)
    conversation = f"{ARNS['SessionBucket']}/sessions/{'0' * 64}/00000001-a.json"
    model = "anthropic.claude-sonnet-4-6-20260115-v1:0"
    return [
        *table,
        Asked("s3:GetObject", conversation),
        Asked("s3:PutObject", conversation),
        Asked("bedrock:InvokeModelWithResponseStream", f"arn:aws:bedrock:eu-west-1::foundation-model/{model}"),
        Asked(
            "bedrock:InvokeModelWithResponseStream",
            f"arn:aws:bedrock:{REGION}:{ACCOUNT}:inference-profile/global.anthropic.claude-sonnet-4-6",
        ),
        *_logs("EndpointLogs"),
    ]


def _table(*groups: str) -> list[Asked]:
    """The table's operations on these groups."""
    return [
        Asked(f"dynamodb:{each}", ARNS["StateTable"], (("dynamodb:LeadingKeys", (group,)),))
        for each in ("GetItem", "PutItem", "Query", "UpdateItem")
        for group in groups
    ]


def approver_parts() -> list[Asked]:
    """What the approver does with the deployment's own parts."""
    return [
        *_table("0" * 64, CONSENT + "0" * 64),
        Asked("lambda:InvokeFunction", ARNS["WorkerFunctionAliaslive"]),
        *_logs("ApproverLogs"),
    ]


def worker_parts() -> list[Asked]:
    """What the worker does with its own parts; the SDK makes the checkpoints."""
    table = [*_table("0" * 64, CONSENT + "0" * 64), Asked("sqs:SendMessage", ARNS["FailedOrders"])]
    execution = f"{ARNS['WorkerFunction']}:7/durable-execution/a-run/1"
    durable = [
        Asked(f"lambda:{each}DurableExecution{rest}", execution)
        for each, rest in (("Checkpoint", ""), ("Get", "State"))
    ]
    return [*table, *durable, *_logs("WorkerLogs")]


def _logs(group: str) -> list[Asked]:
    return [
        Asked(f"logs:{each}", f"{ARNS[group]}:log-stream:2026/11/23/a") for each in ("CreateLogStream", "PutLogEvents")
    ]


def wanted(calls: list[Call], *, writes: bool) -> list[Asked]:
    """The requests behind the calls, each once."""
    chosen = [call for call in calls if writes or not OPERATIONS[call.name].writes]
    return list(dict.fromkeys(asked for call in chosen for asked in requests_of(call)))


def test_every_operation_is_recorded_or_sampled_and_samples_are_calls_that_can_be_made(recorder: Recorder) -> None:
    assert recorder.problems == []
    assert set(OPERATIONS) <= recorder.operations | {name for name, _ in SAMPLES}
    door = AwsClient(PinnedSession("http://127.0.0.1:9", REGION))
    for call in sample_calls():
        door.validate(call)


def test_no_tool_calls_more_than_its_printed_policy_allows(recorder: Recorder) -> None:
    assert set(recorder.by_tool) <= set(TOOLS)
    for tool, called in recorder.by_tool.items():
        assert called <= set(TOOLS[tool].may_call), tool


def test_every_implied_permission_has_a_source() -> None:
    implied = {
        (name.partition(":")[0], grant.action.partition(":")[0])
        for name, operation in OPERATIONS.items()
        for grant in operation.grants
        if grant.action != name and policy_of(name) is not None
    }
    assert implied == set(IMPLIED)
    assert all(link.startswith("https://docs.aws.amazon.com/") for link in IMPLIED.values())


def refused(policies: Policies, asked: list[Asked]) -> list[str]:
    """The requests that are not allowed, each with what it is for."""
    answers = decisions([(policies, asked)])[0]
    return [
        f"{answer[:300]}: {one.action} on {one.resource} {one.context} ({one.why})"
        for one, answer in zip(asked, answers, strict=True)
        if answer != "allowed"
    ]


def test_nothing_is_missing(calls: list[Call]) -> None:
    assert refused(role_policies("EndpointRole"), [*wanted(calls, writes=False), *own_parts()]) == []
    assert refused(role_policies("ApproverRole"), [*wanted(calls, writes=False), *approver_parts()]) == []
    assert refused(role_policies("WorkerRole", cut_over=True), [*wanted(calls, writes=True), *worker_parts()]) == []


def test_the_optional_policy_is_what_a_fleet_and_a_cost_need(fleet_calls: list[Call]) -> None:
    with_it = role_policies("EndpointRole", fleet=True)
    asked = wanted(fleet_calls, writes=False)

    assert {call.name for call in fleet_calls} == {name for name in OPERATIONS if policy_of(name) == "fleet"} - {
        "sts:AssumeRole"
    }
    assert refused(with_it, asked) == []
    assert len(refused(role_policies("EndpointRole"), asked)) == len(asked)
    assert unused({"FleetPolicy": with_it["FleetPolicy"]}, asked) == []


def test_the_policy_for_data_is_what_its_questions_need(recorder: Recorder) -> None:
    with_it = role_policies("EndpointRole", data=True)
    asked = wanted([call for call in recorder.calls if policy_of(call.name) == "data"], writes=False)

    assert {one.action.partition(":")[0] for one in asked} == {"redshift", "redshift-data", "redshift-serverless"}
    assert refused(with_it, asked) == []
    assert unused({"DataPolicy": with_it["DataPolicy"]}, asked) == []


def test_the_policy_for_the_end_of_clusters_is_what_it_needs() -> None:
    worker = role_policies("WorkerRole", decommission=True)
    asked = wanted([call for call in sample_calls() if policy_of(call.name) == "decommission"], writes=True)

    assert refused(worker, asked) == []
    assert unused({"DecommissionPolicy": worker["DecommissionPolicy"]}, asked) == []
    assert len(refused(role_policies("WorkerRole", cut_over=True), asked)) == len(asked)


def grants_of(policies: Policies) -> list[tuple[str, int, str, Any]]:
    """Every single thing that is allowed: an action of a statement, a resource of a statement."""
    found: list[tuple[str, int, str, Any]] = []
    for name, document in policies.items():
        for number, statement in enumerate(document["Statement"]):
            if statement["Effect"] == "Allow":
                for key in ("Action", "Resource"):
                    listed = statement[key] if isinstance(statement[key], list) else [statement[key]]
                    found += [(name, number, key, each) for each in listed]
    return found


def without(policies: Policies, name: str, number: int, key: str, value: Any) -> Policies:
    """The policies with that one thing taken away."""
    changed = copy.deepcopy(dict(policies))
    statement = changed[name]["Statement"][number]
    left = [each for each in statement[key] if each != value] if isinstance(statement[key], list) else []
    if left:
        statement[key] = left
    else:
        del changed[name]["Statement"][number]
    return changed


def unused(policies: Policies, asked: list[Asked]) -> list[str]:
    """What can be taken away without any request being refused."""
    grants = grants_of(policies)
    jobs = []
    for name, number, key, value in grants:
        actions = policies[name]["Statement"][number]["Action"]
        touched = [value] if key == "Action" else actions if isinstance(actions, list) else [actions]
        jobs.append((without(policies, name, number, key, value), [one for one in asked if one.action in touched]))
    answers = decisions(jobs)
    return [
        f"{name} {policies[name]['Statement'][number]['Sid']} {key} {value}"
        for (name, number, key, value), answer in zip(grants, answers, strict=True)
        if all(each == "allowed" for each in answer)
    ]


NOT_KNOWN = f"CutOverPolicy DeleteSettings Resource arn:aws:redshift-serverless:*:{ACCOUNT}:namespace/*"
"""Whether the resource policy of a serverless namespace is guarded by this ARN or by the other is not documented."""


def test_nothing_is_unused(calls: list[Call]) -> None:
    endpoint = [*wanted(calls, writes=False), *own_parts()]
    worker = [*wanted(calls, writes=True), *worker_parts()]

    assert unused(role_policies("EndpointRole"), endpoint) == []
    assert unused(role_policies("ApproverRole"), [*wanted(calls, writes=False), *approver_parts()]) == []
    # What both policies grant is needed by each on its own; the read policy is judged where it stands alone.
    alone = {name: each for name, each in role_policies("WorkerRole", cut_over=True).items() if name != "ReadPolicy"}
    assert unused(alone, worker) == [NOT_KNOWN]


IN_REGION: tuple[tuple[str, str], ...] = (("aws:RequestedRegion", REGION),)
CLUSTER = f"arn:aws:redshift:{REGION}:{ACCOUNT}:cluster:prod-db-1"
NAMESPACE = f"arn:aws:redshift-serverless:{REGION}:{ACCOUNT}:namespace/0a1b2c3d-0000-4000-8000-00000000000f"
WORKGROUP = NAMESPACE.replace("namespace/", "workgroup/")
SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:"
TAG = ("aws:RequestTag/redshift-migrate:run", "run-1")

MUST_BE_DENIED: dict[str, Asked] = {
    "delete a cluster": Asked("redshift:DeleteCluster", CLUSTER, IN_REGION),
    "delete a namespace": Asked("redshift-serverless:DeleteNamespace", NAMESPACE, IN_REGION),
    "change a cluster": Asked("redshift:ModifyCluster", CLUSTER, IN_REGION),
    "pause a cluster": Asked("redshift:PauseCluster", CLUSTER, IN_REGION),
    "log in to a workgroup": Asked("redshift-serverless:GetCredentials", WORKGROUP, IN_REGION),
    "run SQL": Asked("redshift-data:ExecuteStatement", WORKGROUP, IN_REGION),
    "make a namespace without the run's tag": Asked("redshift-serverless:CreateNamespace", NAMESPACE, IN_REGION),
    "make one in another region": Asked(
        "redshift-serverless:CreateNamespace",
        NAMESPACE.replace(REGION, "eu-central-1"),
        (("aws:RequestedRegion", "eu-central-1"), TAG),
    ),
    "make one in another account": Asked(
        "redshift-serverless:CreateNamespace", NAMESPACE.replace(ACCOUNT, "999999999999"), (*IN_REGION, TAG)
    ),
    "read in another region": Asked("redshift:DescribeClusters", "*", (("aws:RequestedRegion", "eu-central-1"),)),
    "update a namespace that no run made": Asked("redshift-serverless:UpdateNamespace", NAMESPACE, IN_REGION),
    "update a workgroup that no run made": Asked("redshift-serverless:UpdateWorkgroup", WORKGROUP, IN_REGION),
    "delete a workgroup that no run made": Asked("redshift-serverless:DeleteWorkgroup", WORKGROUP, IN_REGION),
    "make a role": Asked("iam:CreateRole", ROLE_ARN),
    "write a role's policy": Asked("iam:PutRolePolicy", ROLE_ARN),
    "attach a policy": Asked("iam:AttachRolePolicy", ROLE_ARN),
    "change who may assume a role": Asked("iam:UpdateAssumeRolePolicy", ROLE_ARN),
    "hand a role to another service": Asked(
        "iam:PassRole", ROLE_ARN, (("iam:PassedToService", "lambda.amazonaws.com"),)
    ),
    "hand a role to nobody in particular": Asked("iam:PassRole", ROLE_ARN),
    "make a service-linked role of another service": Asked(
        "iam:CreateServiceLinkedRole",
        f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS",
        (("iam:AWSServiceName", "ecs.amazonaws.com"),),
    ),
    "decrypt with a key directly": Asked("kms:Decrypt", KEY_ARN, IN_REGION),
    "grant a key to a person": Asked(
        "kms:CreateGrant", KEY_ARN, (("kms:ViaService", f"redshift-serverless.{REGION}.amazonaws.com"),)
    ),
    "use a key through another service": Asked(
        "kms:GenerateDataKey", KEY_ARN, (("kms:ViaService", f"s3.{REGION}.amazonaws.com"),)
    ),
    "read a secret": Asked(
        "secretsmanager:GetSecretValue",
        f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:redshift!admin-AbCdEf",
        IN_REGION,
    ),
    "change somebody's secret": Asked(
        "secretsmanager:UpdateSecret", f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:billing-AbCdEf", IN_REGION
    ),
    "invoke another function": Asked("lambda:InvokeFunction", f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:other"),
    "delete what was recorded": Asked("dynamodb:DeleteItem", ARNS["StateTable"]),
    "read another table": Asked("dynamodb:GetItem", f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/other"),
    "read another bucket": Asked("s3:GetObject", "arn:aws:s3:::other/sessions/1"),
    "delete a conversation": Asked("s3:DeleteObject", f"{ARNS['SessionBucket']}/sessions/1"),
    "ask another model": Asked(
        "bedrock:InvokeModelWithResponseStream", f"arn:aws:bedrock:{REGION}::foundation-model/other.model-v1"
    ),
}


def allowed_but_must_not(*roles: Policies) -> list[str]:
    """The harmful requests that one of the roles allows."""
    found = []
    for answers in decisions([(role, list(MUST_BE_DENIED.values())) for role in roles]):
        assert not [answer for answer in answers if answer.startswith("error")], answers
        found += [name for name, answer in zip(MUST_BE_DENIED, answers, strict=True) if answer == "allowed"]
    return found


def test_harm_is_denied_even_with_cut_over() -> None:
    roles = (role_policies("EndpointRole"), role_policies("ApproverRole"), role_policies("WorkerRole", cut_over=True))
    assert allowed_but_must_not(*roles) == []


CONSENT_ASKED = [
    Asked("dynamodb:PutItem", ARNS["StateTable"], (("dynamodb:LeadingKeys", (CONSENT + "0" * 64,)),)),
    Asked("dynamodb:UpdateItem", ARNS["StateTable"], (("dynamodb:LeadingKeys", (CONSENT + "0" * 64,)),)),
    Asked("lambda:InvokeFunction", ARNS["WorkerFunctionAliaslive"]),
]


def test_whoever_talks_to_a_model_can_neither_consent_nor_give_orders() -> None:
    endpoint: dict[str, Any] = copy.deepcopy(dict(role_policies("EndpointRole")))
    assert decisions([(endpoint, CONSENT_ASKED)]) == [["denied"] * 3]

    endpoint["own-parts"]["Statement"] = [
        each for each in endpoint["own-parts"]["Statement"] if each["Sid"] != "NeverConsent"
    ]
    assert decisions([(endpoint, CONSENT_ASKED)]) == [["allowed", "allowed", "denied"]]


def test_what_no_run_made_is_updated_only_where_that_is_switched_on() -> None:
    asked = [MUST_BE_DENIED[f"update a {each} that no run made"] for each in ("namespace", "workgroup")]
    assert decisions([(role_policies("WorkerRole", existing=True), asked)]) == [["allowed"] * 2]


def test_a_pattern_of_clusters_shuts_the_others_out() -> None:
    rule = f"arn:aws:events:{REGION}:{ACCOUNT}:rule/%s"
    named = {"MigratePolicy": policy("MigratePolicy", SchedulePattern="QS2-*")}
    rules = [Asked("events:PutRule", rule % name, IN_REGION) for name in ("QS2-nightly", "billing")]
    assert decisions([(named, rules)]) == [["allowed", "denied"]]
    narrow = {
        "ReadPolicy": policy("ReadPolicy", ClusterPattern="prod-*"),
        "MigratePolicy": policy("MigratePolicy", ClusterPattern="prod-*"),
    }
    snapshot = f"arn:aws:redshift:{REGION}:{ACCOUNT}:snapshot:%s/s1"
    asked = [
        Asked("redshift:CreateClusterSnapshot", snapshot % name, (*IN_REGION, TAG))
        for name in ("prod-db-1", "other-db")
    ]

    assert decisions([(narrow, asked)]) == [["allowed", "denied"]]


def test_callers_can_only_come_by_the_url() -> None:
    """Whoever could invoke the function directly could make up who is asking."""
    for function in (ARNS["EndpointFunction"], ARNS["ApproverFunction"]):
        _require_url(function)


def _require_url(function: str) -> None:
    by_url = Asked("lambda:InvokeFunctionUrl", function, (("lambda:FunctionUrlAuthType", "AWS_IAM"),))
    through_url = Asked("lambda:InvokeFunction", function, (("lambda:InvokedViaFunctionUrl", "true"),))
    directly = Asked("lambda:InvokeFunction", function)

    caller = {"InvokePolicy": policy("InvokePolicy")}
    assert decisions([(caller, [by_url, through_url, directly])]) == [["allowed", "allowed", "denied"]]


def _statement(policies: dict[str, Any], name: str, sid: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in policies[name]["Statement"] if each["Sid"] == sid)
    return found


def _set(name: str, sid: str, key: str, value: Any) -> Callable[[dict[str, Any]], None]:
    return lambda policies: _statement(policies, name, sid).update({key: value})


def _add(name: str, sid: str, action: str) -> Callable[[dict[str, Any]], None]:
    def widen(policies: dict[str, Any]) -> None:
        statement = _statement(policies, name, sid)
        statement["Action"] = [
            *([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]),
            action,
        ]

    return widen


def _drop(name: str, sid: str, key: str) -> Callable[[dict[str, Any]], None]:
    return lambda policies: _statement(policies, name, sid).pop(key)


def _forget_denials(policies: dict[str, Any]) -> None:
    for document in policies.values():
        document["Statement"] = [each for each in document["Statement"] if each["Effect"] == "Allow"]
    _add("MigratePolicy", "ChangeServerless", "redshift-serverless:DeleteNamespace")(policies)


MUTANTS: dict[str, Callable[[dict[str, Any]], None]] = {
    "everything of Redshift": _set("ReadPolicy", "ReadLists", "Action", "redshift:*"),
    "Get* instead of names": _add("ReadPolicy", "ReadOneByOne", "redshift-serverless:Get*"),
    "no regions": _drop("ReadPolicy", "ReadLists", "Condition"),
    "roles to any service": _drop("MigratePolicy", "HandRolesOn", "Condition"),
    "keys outside of services": _drop("MigratePolicy", "LetServicesUseKeys", "Condition"),
    "grants for anybody": _set(
        "MigratePolicy", "LetServicesGrantThemselvesKeys", "Condition", {"StringLike": {"kms:ViaService": "redshift*"}}
    ),
    "made without a tag": _set(
        "MigratePolicy", "MakeTagged", "Condition", {"StringEquals": {"aws:RequestedRegion": [REGION]}}
    ),
    "update any workgroup": _set(
        "MigratePolicy", "UpdateOwn", "Condition", {"StringEquals": {"aws:RequestedRegion": [REGION]}}
    ),
    "delete any workgroup": _set(
        "CutOverPolicy", "DeleteOwnWorkgroups", "Condition", {"StringEquals": {"aws:RequestedRegion": [REGION]}}
    ),
    "any account's namespaces": _set("MigratePolicy", "MakeTagged", "Resource", "*"),
    "all secrets": _set("MigratePolicy", "KeepAdminPasswords", "Resource", "*"),
    "write roles": _add("ReadPolicy", "ReadRoles", "iam:PutRolePolicy"),
    "no denial": _forget_denials,
}


@pytest.mark.parametrize("name", MUTANTS)
def test_a_wider_policy_is_caught(name: str) -> None:
    """Each of these is a policy that a tired reviewer could let through."""
    policies: dict[str, Any] = copy.deepcopy(dict(role_policies("WorkerRole", cut_over=True)))
    MUTANTS[name](policies)

    assert allowed_but_must_not(policies) != []
