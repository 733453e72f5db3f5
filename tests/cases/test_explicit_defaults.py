"""A value that is the cluster's default loses nothing, so nobody is warned of it."""

from __future__ import annotations

import pytest

from redshift_migrate.models.finding import Subject
from tests.cases.loading import about, case, translated

REPLIES = case("explicit_defaults")
NAMES = [each["ParameterName"] for each in REPLIES["DescribeClusterParameters_user"]]


@pytest.mark.parametrize("name", NAMES)
def test_a_default_written_out_is_no_warning(name: str) -> None:
    replies = {**REPLIES, "DescribeClusterParameters_user": [
        each for each in REPLIES["DescribeClusterParameters_user"] if each["ParameterName"] == name
    ]}  # fmt: skip
    translation = translated(replies)

    warned = [finding for finding in about(translation, name) if finding.level != "info"]
    assert warned == []


def test_all_of_them_together_warn_of_what_no_parameter_says() -> None:
    """What is left is what a fresh workgroup does by itself, with nothing of the group to blame."""
    written = {finding.message for finding in translated(REPLIES).findings if finding.subject == Subject.PARAMETERS}
    silent = {**REPLIES, "DescribeClusterParameters_user": []}
    unwritten = {finding.message for finding in translated(silent).findings if finding.subject == Subject.PARAMETERS}
    warned = {finding.message for finding in translated(REPLIES).findings if finding.level == "warning"}

    assert warned & (written - unwritten) == set()


@pytest.mark.parametrize(("name", "value"), [("auto_analyze", "false"), ("max_concurrency_scaling_clusters", "5")])
def test_another_value_still_is_one(name: str, value: str) -> None:
    parameter = {"ParameterName": name, "ParameterValue": value, "Source": "user"}

    translation = translated({**REPLIES, "DescribeClusterParameters_user": [parameter]})

    assert [finding.level for finding in about(translation, f"{name} = {value}")] == ["warning"]
