"""Parameters of the parameter group: some are carried as they are, one changes its unit, the rest has no place."""

from __future__ import annotations

import math

from redshift_migrate.models.base import Unknown
from redshift_migrate.models.choices import MigrationChoices
from redshift_migrate.models.cluster import Parameter, ProvisionedClusterConfig
from redshift_migrate.models.finding import Finding, Subject
from redshift_migrate.translators.translation import About, Translation, listed

CARRIED = (
    "auto_mv",
    "datestyle",
    "enable_case_sensitive_identifier",
    "enable_user_activity_logging",
    "query_group",
    "require_ssl",
    "search_path",
    "use_fips_ssl",
)
"""Source: API reference, CreateWorkgroup.configParameters."""

LIMIT_PREFIX = "max_"
EXECUTION_TIME_LIMIT = "max_query_execution_time"
MOST_EXECUTION_TIME_S = 86_399
"""Source: Database Developer Guide, "Query monitoring metrics for Amazon Redshift Serverless"."""

STATEMENT_TIMEOUT = "statement_timeout"
WLM_PARAMETER = "wlm_json_configuration"
WITHOUT_PLACE = {
    "auto_analyze": "serverless analyses tables by itself",
    "extra_float_digits": "set it in the session or for the user",
    "max_concurrency_scaling_clusters": "serverless scales by itself; the maximum capacity is the bound",
    "max_cursor_result_set_size": "cursors have a fixed bound of 150,000 MB on serverless",
}

about = About(Subject.PARAMETERS)


def translate_parameters(cluster: ProvisionedClusterConfig, choices: MigrationChoices) -> Translation:
    """What of the parameter group a workgroup takes, as a share of its parameters.

    Source: API reference, CreateWorkgroup.configParameters; Database Developer Guide, "statement_timeout".
    """
    parameters = cluster.parameters
    if isinstance(parameters, Unknown):
        consequence = (
            "Going on would silently set every parameter, from case sensitivity to SSL, to serverless's default. Allow "
            "the read, or plan with the parameters excluded."
        )
        return Translation(findings=(about.unknown("blocker", "parameter group", parameters, consequence),))
    parts = [_parameter(each) for each in parameters if each.name != WLM_PARAMETER and each.value is not None]
    wanted: dict[str, str] = {}
    for part in parts:
        wanted |= part.config_parameters
    return Translation(
        changes=tuple(change for part in parts for change in part.changes),
        findings=(*(finding for part in parts for finding in part.findings), _defaults(cluster)),
        config_parameters=wanted,
    )


def limit_seconds(milliseconds: int) -> int | None:
    """A time limit as serverless counts it; None for no limit."""
    return min(math.ceil(milliseconds / 1000), MOST_EXECUTION_TIME_S) if milliseconds > 0 else None


def pending_reboot(parameter: Parameter, words: About = about) -> tuple[Finding, ...]:
    """That the cluster does not run with this value yet. Source: API reference, ClusterParameterStatus."""
    if not parameter.pending_reboot:
        return ()
    message = (
        f"The parameter group has {parameter.name} = {parameter.value}, and the cluster does not run with it before "
        "its next reboot. The group's value is what is translated."
    )
    return (words.warning(parameter.name, message, "pending reboot", parameter.value),)


def _parameter(parameter: Parameter) -> Translation:
    name, value = parameter.name, parameter.value or ""
    if name in CARRIED:
        return Translation(
            config_parameters={name: value},
            changes=(about.row(name, value, value, "carried"),),
            findings=pending_reboot(parameter),
        )
    if name == STATEMENT_TIMEOUT:
        return _statement_timeout(parameter)
    reason = WITHOUT_PLACE.get(name, "serverless has no such parameter")
    message = f"{name} = {value} is not carried: {reason}."
    return Translation(
        changes=(about.row(name, value, "none", "not carried"),),
        findings=(about.warning(name, message, value, "none"), *pending_reboot(parameter)),
    )


def _statement_timeout(parameter: Parameter) -> Translation:
    value = (parameter.value or "").strip()
    if not (value.isascii() and value.isdigit()):
        message = f"{value!r} is no number of milliseconds, so no limit is set."
        return Translation(
            changes=(about.row(STATEMENT_TIMEOUT, value, "none", "not carried"),),
            findings=(about.warning(STATEMENT_TIMEOUT, message, value, "none"),),
        )
    seconds = limit_seconds(int(value))
    if seconds is None:
        return Translation(changes=(about.row(STATEMENT_TIMEOUT, "off", "off", "carried"),))
    after = f"{EXECUTION_TIME_LIMIT} = {seconds} s"
    message = (
        f"{value} ms become {seconds} s of execution time. That is not quite the same: time in the queue does not "
        f"count. For single users, ALTER USER ... SET statement_timeout does count it."
    )
    return Translation(
        config_parameters={EXECUTION_TIME_LIMIT: str(seconds)},
        changes=(about.row(STATEMENT_TIMEOUT, f"{value} ms", after, "translated"),),
        findings=(about.warning(STATEMENT_TIMEOUT, message, f"{value} ms", after), *pending_reboot(parameter)),
    )


def _defaults(cluster: ProvisionedClusterConfig) -> Finding:
    parameters = () if isinstance(cluster.parameters, Unknown) else cluster.parameters
    left = sorted(set(CARRIED) - {parameter.name for parameter in parameters})
    message = (
        f"Left at the default on the cluster, so left at serverless's default, which need not be the same: "
        f"{listed(left) or 'none'}. Compare require_ssl above all."
    )
    return about.info("defaults", message, cluster.parameter_group_name, "serverless defaults")
