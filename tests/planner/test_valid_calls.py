"""Whatever is wished for, every planned call and every call that undoes it is one that botocore lets through."""

from __future__ import annotations

from typing import Any

from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.validate import ParamValidator
from hypothesis import given
from hypothesis import strategies as st

from redshift_migrate.models.plan import Call, references, resolve
from redshift_migrate.models.serverless import (
    AbsentTarget,
    NamespaceObserved,
    ServerlessConfig,
    ServerlessTarget,
    UsageLimit,
    UsageLimitObserved,
    WorkgroupObserved,
)
from redshift_migrate.observers.readings import call_of
from redshift_migrate.permissions import OPERATIONS
from redshift_migrate.planner.difference import plan_findings, plan_steps
from tests.planner.world import FRESH, NO_DATA, REGION, ROLES, SUBNETS, everything
from tests.support.examples import examples

MODELS = {
    name: ServiceModel(Loader().load_service_model(name, "service-2"), name)
    for name in ("redshift", "redshift-serverless")
}
LIMITS = st.builds(
    UsageLimit,
    usage_type=st.sampled_from(["serverless-compute", "cross-region-datasharing"]),
    amount=st.integers(1, 1000),
    period=st.sampled_from(["daily", "weekly", "monthly"]),
    breach_action=st.sampled_from(["log", "emit-metric", "deactivate"]),
)
TEXT = st.text(max_size=20)
PARAMETERS = st.dictionaries(
    st.sampled_from(["auto_mv", "datestyle", "search_path", "max_scan_row_count", "wlm_json_configuration"]), TEXT
).map(lambda found: tuple(found.items()))


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


CONFIGS = st.builds(
    lambda **members: everything(**members),
    kms_key_id=maybe(st.sampled_from(["AWS_OWNED_KMS_KEY", "arn:aws:kms:us-east-2:123456789012:key/a`b'c\"d"])),
    iam_roles=maybe(st.sets(st.sampled_from(ROLES)).map(tuple)),
    default_iam_role_arn=maybe(st.sampled_from(["", ROLES[0]])),
    log_exports=maybe(st.sets(st.sampled_from(["userlog", "connectionlog", "useractivitylog"])).map(tuple)),
    manage_admin_password=maybe(st.booleans()),
    base_capacity_rpu=maybe(st.integers(1, 128).map(lambda eights: eights * 8)),
    max_capacity_rpu=maybe(st.just(-1) | st.integers(8, 1024)),
    price_performance_level=maybe(st.sampled_from([0, 1, 25, 50, 75, 100])),
    subnet_ids=maybe(st.sets(st.sampled_from(SUBNETS)).map(tuple)),
    port=maybe(st.integers(5431, 5455)),
    publicly_accessible=maybe(st.booleans()),
    enhanced_vpc_routing=maybe(st.booleans()),
    track_name=maybe(st.sampled_from(["current", "trailing"])),
    config_parameters=maybe(PARAMETERS),
    tags=maybe(st.dictionaries(TEXT.filter(bool), TEXT, max_size=3).map(lambda found: tuple(found.items()))),
    usage_limits=maybe(st.lists(LIMITS, max_size=4).map(tuple)),
    resource_policy=maybe(st.sampled_from(["", '{"Statement": [{}]}', "not JSON"])),
)


def a_target(now: ServerlessConfig) -> ServerlessTarget:
    """A target that has these settings."""
    arn = "arn:aws:redshift-serverless:us-east-2:123456789012:namespace/1"
    limits = now.usage_limits or ()
    return ServerlessTarget(
        region=REGION,
        config=now,
        namespace=NamespaceObserved(
            namespace_name=now.namespace_name,
            namespace_arn=arn,
            status="AVAILABLE",
            snapshot_copy_configuration_id="copy-1",
            admin_username="boss",
            tags=now.tags or (),
        ),
        workgroup=WorkgroupObserved(
            workgroup_name=now.workgroup_name or "",
            workgroup_arn=arn.replace("namespace", "workgroup"),
            status="AVAILABLE",
            track_name=now.track_name,
            usage_limits=tuple(
                UsageLimitObserved(usage_limit_id=str(number), limit=limit) for number, limit in enumerate(limits)
            ),
            tags=now.tags or (),
        ),
    )


def check(call: Call) -> None:
    """The call is in the table of permissions and fits the service model, once its references are filled in."""
    assert call.name in OPERATIONS
    outputs = dict.fromkeys(references(call.parameters), "a-value")
    shape = MODELS[call.service].operation_model(call.operation).input_shape
    report = ParamValidator().validate(resolve(call.parameters, outputs), shape)
    assert not report.has_errors(), (call, report.generate_report())


@examples(80)
@given(wanted=CONFIGS, now=CONFIGS)
def test_every_call_of_a_plan_and_of_its_undo_is_valid(wanted: ServerlessConfig, now: ServerlessConfig) -> None:
    absent = AbsentTarget(region=REGION, namespace_name="prod-db-1", workgroup_name="prod-db-1")
    for target, source in ((absent, FRESH), (absent, NO_DATA), (a_target(now), NO_DATA), (a_target(now), FRESH)):
        steps = plan_steps(wanted, target, source)
        plan_findings(wanted, target, source)
        assert len({step.id for step in steps}) == len(steps)
        earlier: set[str] = set()
        for step in steps:
            waits = (*step.waits, *step.ready, *step.undo_waits, *step.guards, *step.undo_guards)
            readings = [step.check.reading, *(wait.reading for wait in waits)]
            undo = [step.undo] if step.undo else []
            for call in (step.call, *(call_of(reading) for reading in readings), *undo):
                check(call)
            if step.check.before is not None and step.check.after is not None:
                assert step.check.before.keys() == step.check.after.keys()
            for name in references(step.call.parameters):
                assert name.partition("/")[0] in earlier
            assert step.undo is not None or step.no_undo
            earlier.add(step.id)


@examples(80)
@given(wanted=CONFIGS)
def test_what_is_as_wanted_needs_no_step(wanted: ServerlessConfig) -> None:
    now = wanted.model_copy(
        update={
            "iam_roles": tuple(sorted(wanted.iam_roles or ())),
            "log_exports": tuple(sorted(wanted.log_exports or ())),
            "default_iam_role_arn": wanted.default_iam_role_arn or "",
        }
    )
    if wanted.default_iam_role_arn and wanted.default_iam_role_arn not in (wanted.iam_roles or ()):
        return  # AWS refuses a default role that is not among the roles

    assert plan_steps(wanted, a_target(now), FRESH) == ()
