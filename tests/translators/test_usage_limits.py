"""Usage limits, one by one and all together."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redshift_migrate.models.cluster import ClusterUsageLimit
from redshift_migrate.models.serverless import UsageLimit
from redshift_migrate.translators.capacity import ALLOWED_RPU
from redshift_migrate.translators.usage_limits import translate_limit, translate_usage_limits
from tests.support.builders import a_cluster, after, levels, some_choices
from tests.support.strategies import limits


def a_limit(feature: str = "concurrency-scaling", **members: Any) -> ClusterUsageLimit:
    usual = {
        "usage_limit_id": "limit-1",
        "feature_type": feature,
        "limit_type": "time"
        if feature in ("concurrency-scaling", "extra-compute-for-automatic-optimization")
        else "data-scanned",
        "amount": 60,
        "period": "daily",
        "breach_action": "log",
    }
    return ClusterUsageLimit.model_validate(usual | members)


def a_wanted(usage_type: str, amount: int, period: str, breach_action: str) -> UsageLimit:
    return UsageLimit.model_validate(
        {"usage_type": usage_type, "amount": amount, "period": period, "breach_action": breach_action}
    )


@pytest.mark.parametrize(
    ("breach", "wanted", "level"),
    [("log", "log", "info"), ("emit-metric", "emit-metric", "info"), ("disable", "deactivate", "warning")],
)
@pytest.mark.parametrize("period", ["daily", "weekly", "monthly"])
def test_a_limit_of_cross_region_sharing_is_carried_exactly(breach: str, wanted: str, level: str, period: str) -> None:
    limit = a_limit("cross-region-datasharing", amount=5, breach_action=breach, period=period)

    translated = translate_limit(limit, 16)

    assert translated.wanted == a_wanted("cross-region-datasharing", 5, period, wanted)
    assert (translated.action, translated.level) == ("carried", level)


@pytest.mark.parametrize(
    ("minutes", "base_rpu", "hours"), [(60, 16, 16), (90, 16, 24), (1, 4, 1), (61, 16, 17), (600, 128, 1280)]
)
def test_minutes_of_concurrency_scaling_become_hours_of_the_base_capacity(
    minutes: int, base_rpu: int, hours: int
) -> None:
    translated = translate_limit(a_limit(amount=minutes), base_rpu)

    assert translated.wanted == a_wanted("serverless-compute", hours, "daily", "log")
    assert f"{minutes} minutes / 60 x {base_rpu} RPU = {hours} RPU-hours" in translated.message


def test_a_limit_that_disabled_one_feature_only_emits_a_metric() -> None:
    translated = translate_limit(a_limit(breach_action="disable"), 16)

    assert translated.wanted == a_wanted("serverless-compute", 16, "daily", "emit-metric")


@pytest.mark.parametrize("feature", ["spectrum", "extra-compute-for-automatic-optimization", "something-new"])
def test_other_limits_have_no_counterpart(feature: str) -> None:
    translated = translate_limit(a_limit(feature), 16)

    assert translated.wanted is None
    assert (translated.action, translated.level) == ("not carried", "warning")


@given(limits, st.sampled_from(ALLOWED_RPU))
def test_only_a_disabling_limit_of_sharing_ever_deactivates(limit: ClusterUsageLimit, base_rpu: int) -> None:
    wanted = translate_limit(limit, base_rpu).wanted

    if wanted is not None and wanted.breach_action == "deactivate":
        assert (limit.feature_type, limit.breach_action) == ("cross-region-datasharing", "disable")


def test_the_hours_follow_the_base_capacity_that_the_user_chose() -> None:
    cluster = a_cluster(usage_limits=(a_limit(amount=60),))

    translation = translate_usage_limits(cluster, some_choices(base_capacity_rpu=64))

    assert [limit.amount for limit in translation.settings["usage_limits"]] == [64]


def test_equal_limits_are_made_once_and_too_many_leave_out_the_suggested_ones() -> None:
    sharing = a_limit("cross-region-datasharing", amount=1)
    cluster = a_cluster(usage_limits=(*(a_limit(amount=minutes) for minutes in (60, 120, 180, 240)), sharing, sharing))

    translation = translate_usage_limits(cluster, some_choices())

    wanted = translation.settings["usage_limits"]
    assert len(wanted) == 4
    assert wanted[0].usage_type == "cross-region-datasharing"
    assert levels(translation, "usage limits") == ["warning"]
    assert [action for _, action in after(translation, "usage limit")].count("not carried") == 1


def test_a_cluster_without_limits_wishes_none_away() -> None:
    translation = translate_usage_limits(a_cluster(), some_choices())

    assert translation.settings == {}
    assert levels(translation, "usage limits") == ["info"]


@pytest.mark.parametrize("members", [{"amount": 0}, {"period": "yearly"}, {"breach_action": "explode"}])
def test_a_limit_that_cannot_be_read_is_named(members: dict[str, Any]) -> None:
    translated = translate_limit(a_limit(**members), 16)

    assert translated.wanted is None
    assert "cannot be read" in translated.message
