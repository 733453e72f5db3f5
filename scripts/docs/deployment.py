"""The deployment's pages: what ./deploy and the template say, in Markdown."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path
from typing import Any

from redshift_migrate.permissions import OPERATIONS, policy_of
from redshift_migrate.tools import TOOLS
from scripts.docs.blocks import filled, table
from scripts.utils import deploy
from scripts.utils.template_policies import TemplatePolicies, listed, spelled

ROOT = Path(__file__).resolve().parents[2]
SHOWN = {
    "AWS::Partition": "PARTITION",
    "AWS::AccountId": "ACCOUNT",
    "AWS::Region": "REGION",
    "AWS::URLSuffix": "DNS-SUFFIX",
    "Regions": ["REGIONS"],
    "ClusterPattern": "CLUSTERS",
    "RolePattern": "ROLES",
    "SchedulePattern": "SCHEDULES",
    "ModelId": "MODEL",
    "FoundationModelPattern": "FOUNDATION-MODEL",
}
NAMES = {
    "StateTable": "STATE-TABLE-ARN",
    "SessionBucket": "SESSION-BUCKET-ARN",
    "EndpointLogs": "ENDPOINT-LOG-GROUP-ARN",
    "ApproverLogs": "APPROVER-LOG-GROUP-ARN",
    "ApproverFunction": "APPROVER-FUNCTION-ARN",
    "FailedOrders": "FAILED-ORDERS-ARN",
    "WorkerLogs": "WORKER-LOG-GROUP-ARN",
    "EndpointFunction": "ENDPOINT-FUNCTION-ARN",
    "WorkerFunction": "WORKER-FUNCTION-ARN",
    "WorkerFunctionAliaslive": "WORKER-ALIAS-ARN",
}
POLICIES = {
    "ReadPolicy": "Read: what a plan is made from and checked against. Attached to the endpoint, the approver and the "
    "worker.",
    "FleetPolicy": "Fleet: quotas, all datashares, metrics and prices. Attached to the endpoint only with "
    "`AllowFleet`, which is off unless you switch it on; without it many clusters are told without what needs them.",
    "DataPolicy": "Data: the program's own SQL on clusters and workgroups. Attached to all three only with "
    "`AllowData`, which is off unless you switch it on; without it no data is compared, and nobody sees who connects.",
    "NeverDeletePolicy": "Never delete: no cluster and no namespace, whatever else is allowed. Attached to all "
    "three, and to nobody else.",
    "NeverDeleteNamespacesPolicy": "Never delete namespaces: in its place on a worker that may end clusters.",
    "MigratePolicy": "Migrate: make and change what a migration makes. Attached to the worker.",
    "UpdateExistingPolicy": "Update existing: namespaces and workgroups that no run has made. Attached to the worker "
    "only with `AllowExisting`, which is off unless you switch it on.",
    "CutOverPolicy": "Cut-over: switch schedules of the source, delete what a run made. Attached to the worker only "
    "with `AllowCutOver`, which is off unless you switch it on.",
    "DecommissionPolicy": "Decommission: pause, resume and delete clusters, with a last snapshot. Attached to the "
    "worker only with `AllowDecommission`, which is off unless you switch it on.",
    "InvokePolicy": "Invoke: call the endpoint and the approver by their URLs. Attach it to whoever may talk to the "
    "agent.",
}


ROLES = {
    "EndpointRole": "The endpoint's own parts",
    "ApproverRole": "The approver's own parts",
    "WorkerRole": "The worker's own parts",
}


def generate_deploy_now(text: str) -> str:
    """The page with its shown output filled in."""
    told = io.StringIO()
    with contextlib.redirect_stdout(told), contextlib.suppress(SystemExit):
        deploy.main(["--help"])
    return filled(
        text,
        {
            "deploy help": f"```\n{told.getvalue().strip()}\n```",
            "what is made": f"```\n{deploy.MADE.strip()}\n```",
            "what is kept": f"```\n{deploy.KEPT.strip()}\n```",
        },
    )


def generate_permissions(_: str) -> str:
    """The whole page, from the template and the table of operations."""
    template = TemplatePolicies(ROOT / "template.yaml", SHOWN, NAMES)
    parts = [_HEAD]
    for name, purpose in POLICIES.items():
        parts += [f"## {name}", purpose, _statements(template.policy(name))]
    for role, shown in ROLES.items():
        own = {each: doc for each, doc in template.role_policies(role).items() if each not in POLICIES}
        statements = [statement for document in own.values() for statement in document["Statement"]]
        parts += [f"## {shown}", _statements({"Statement": statements})]
    parts += ["## By tool", _BY_TOOL, _tools()]
    return "\n\n".join(parts) + "\n"


def _statements(document: dict[str, Any]) -> str:
    rows = []
    for statement in document["Statement"]:
        sid = statement["Sid"] if statement["Effect"] == "Allow" else f"**{statement['Sid']} (deny)**"
        actions = "<br>".join(f"`{each}`" for each in listed(statement["Action"]))
        resources = "<br>".join(f"`{each}`" for each in listed(statement["Resource"]))
        rows.append((sid, actions, resources, spelled(statement.get("Condition", {})).replace("*", "\\*") or "-"))
    return table(("statement", "actions", "on", "only if"), rows)


def _tools() -> str:
    rows = []
    for tool in TOOLS.values():
        order = ("read", "fleet", "data", "migrate", "cut_over", "decommission", "none")
        policies = sorted({policy_of(each) or "none" for each in tool.may_call}, key=order.index)
        changes = [each for each in tool.may_call if OPERATIONS[each].writes]
        rows.append((f"`{tool.name}`", ", ".join(policies) or "nothing", str(len(tool.may_call)), str(len(changes))))
    return table(("tool", "needs", "operations at most", "of them changing"), rows)


_HEAD = """\
# What the deployment may do

This page is made from `template.yaml` and from the program's own table of operations, and compared with both in the
tests. They hold that nothing is missing and nothing is unused: every tool is used on the simulated account, every call
and what AWS checks along with it is put to an evaluator of IAM policies, and every grant that could be taken away
without a call being refused is an error. Words in capitals stand for values of your deployment.

The endpoint, which talks to the model, can change nothing in Redshift, consent to nothing and give the worker no order:
it has the read policy only, and may not write where consent and runs are kept. The approver talks to no model; it takes
consent and gives orders. The worker, which neither can change, makes the plan of an order again before it carries it
out. All three deny the deletion of clusters and namespaces, whatever else they are given (the worker that of clusters
only without `AllowDecommission`); so a namespace that a run has made is taken back by a person with their own
credentials."""
_BY_TOOL = """\
What each tool of the agent needs at most. `./chat "/permissions TOOL"` prints the smallest policy for one."""
