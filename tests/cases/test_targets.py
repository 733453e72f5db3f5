"""A target that exists: shown as it is, changed only where that was wished, and nothing of it lost unsaid."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from redshift_migrate.aws.client import AwsClient
from redshift_migrate.aws.session import open_session, region_catalog
from redshift_migrate.clock import Clock as ProductClock
from redshift_migrate.migration.service import MigrationService
from redshift_migrate.models.plan import MigrationPlan
from redshift_migrate.state.store import FileStore
from redshift_simulator import Clock, SimulatedAccount, SimulatedAws
from redshift_simulator.neighbours.iam import iam_role
from redshift_simulator.redshift.clusters import cluster_of
from redshift_simulator.redshift.groups import parameter_group_of
from redshift_simulator.serverless.namespaces import namespace_of
from redshift_simulator.serverless.workgroups import workgroup_of
from tests.cases.loading import ACCOUNT, CLUSTER, REGION, case
from tests.support.migrating import request_for

OTHER = f"arn:aws:iam::{ACCOUNT}:role/other"
LOAD = f"arn:aws:iam::{ACCOUNT}:role/load"


@pytest.fixture
def account() -> SimulatedAccount:
    """The account of the cases, with a clock that only the test moves."""
    return SimulatedAccount(account_id=ACCOUNT, clock=Clock.manual())


@pytest.fixture
def aws(account: SimulatedAccount) -> Iterator[SimulatedAws]:
    """That account on a port of this machine."""
    with SimulatedAws(account) as server:
        yield server
    assert account.defects == []


@pytest.fixture
def service(aws_env: dict[str, str], clock: ProductClock, tmp_path: Path) -> MigrationService:
    """A service in the region of the cases."""
    assert aws_env
    session, region = open_session(region=REGION)
    return MigrationService(
        aws=AwsClient(session),
        regions=region_catalog(),
        store=FileStore(tmp_path),
        clock=clock,
        default_region=region,
    )


def seed(account: SimulatedAccount, name: str) -> None:
    """Cluster and target of a case."""
    replies = case(name)
    changes: dict[str, Any] = dict(replies["DescribeClusters"])
    values = {
        each["ParameterName"]: each["ParameterValue"] for each in replies.get("DescribeClusterParameters_user", ())
    }
    if values:
        parameter_group_of(account, REGION, "of-the-case", values)
        changes["ClusterParameterGroups"] = [{"ParameterGroupName": "of-the-case", "ParameterApplyStatus": "in-sync"}]
    for role in (LOAD, OTHER):
        iam_role(account, role.rpartition("/")[2], "redshift-serverless.amazonaws.com")
    node_type, nodes = changes.pop("NodeType"), changes.pop("NumberOfNodes")
    cluster_of(account, REGION, CLUSTER, node_type=node_type, nodes=nodes, changes=changes)
    there = dict(replies.get("GetNamespace", {}))
    made = {key: there[key] for key in ("adminUsername", "defaultIamRoleArn") if key in there}
    namespace_of(account, REGION, CLUSTER, made | {"iamRoles": [OTHER] if "iamRoles" in there else []})
    workgroup = {"namespaceName": CLUSTER} | replies["GetWorkgroup"]
    seeded = workgroup_of(account, REGION, CLUSTER, workgroup)
    if "configParameters" in workgroup:
        seeded["configParameters"] = workgroup["configParameters"]


def settings_only(service: MigrationService, *also: str, **more: Any) -> MigrationPlan:
    """The plan of the cluster's settings into the target of its name."""
    request = request_for(CLUSTER, region=REGION, data="none", also=also, **more)
    return service.prepare(request)


def sent(plan: MigrationPlan, operation: str) -> list[dict[str, Any]]:
    return [step.call.parameters for step in plan.steps if step.call.operation == operation]


@pytest.mark.parametrize("also", [(), ("identity",), ("parameters", "tags")])
def test_a_settings_only_run_never_replaces_the_admin_password(
    service: MigrationService, account: SimulatedAccount, also: tuple[str, ...]
) -> None:
    seed(account, "existing_namespace_password")

    plan = settings_only(service, *also)

    updates = sent(plan, "UpdateNamespace")
    assert not [one for one in updates if one.keys() & {"manageAdminPassword", "adminUserPassword", "adminUsername"}]


def test_roles_that_are_there_are_kept_beside_the_new_ones_and_the_default_stays(
    service: MigrationService, account: SimulatedAccount
) -> None:
    seed(account, "existing_namespace_roles")

    plan = settings_only(service)

    for update in sent(plan, "UpdateNamespace"):
        assert set(update.get("iamRoles", [OTHER, LOAD])) == {OTHER, LOAD}
        assert update.get("defaultIamRoleArn", OTHER) == OTHER
    rows = {row.setting: row for row in plan.changes}
    assert "other" in (rows["IAM roles"].now or "")
    assert "128" in (rows["base capacity"].now or "")


def test_only_parameters_that_differ_are_sent_and_none_that_aws_shows_by_itself(
    service: MigrationService, account: SimulatedAccount
) -> None:
    seed(account, "large_strings_target")

    plan = settings_only(service)

    keys = [
        parameter["parameterKey"]
        for update in sent(plan, "UpdateWorkgroup")
        for parameter in update.get("configParameters", [])
    ]
    assert "require_ssl" in keys
    assert not {"enable_large_strings_opt_in", "auto_mv", "datestyle", "query_group", "use_fips_ssl"} & set(keys)


def test_a_price_performance_target_is_left_as_it_is_and_said(
    service: MigrationService, account: SimulatedAccount
) -> None:
    seed(account, "price_performance_target")

    plan = settings_only(service)

    assert not [one for one in sent(plan, "UpdateWorkgroup") if one.keys() & {"baseCapacity", "pricePerformanceTarget"}]
    row = next(row for row in plan.changes if row.setting == "price-performance target")
    assert "50" in (row.now or "")
    assert any("price-performance" in finding.message for finding in plan.findings)


def test_a_base_capacity_that_was_asked_for_switches_the_target_off_first(
    service: MigrationService, account: SimulatedAccount
) -> None:
    seed(account, "price_performance_target")

    plan = settings_only(service, base_capacity_rpu=64)

    changed = [sorted(one.keys() & {"baseCapacity", "pricePerformanceTarget"}) for one in sent(plan, "UpdateWorkgroup")]
    assert [each for each in changed if each] == [["pricePerformanceTarget"], ["baseCapacity"]]
