"""Parameters of the parameter group: what the cluster runs with, against what a workgroup runs with unasked."""

from __future__ import annotations

import math

from redshift_facts import fact, number
from redshift_migrate.models.base import Unknown
from redshift_migrate.models.choices import MigrationChoices
from redshift_migrate.models.cluster import Parameter, ProvisionedClusterConfig
from redshift_migrate.models.finding import Finding, Subject
from redshift_migrate.models.parameters import (
    DEFAULTS,
    EXECUTION_TIME_LIMIT,
    SSL_KEY,
    WLM_KEY,
    cluster_default,
    family_of,
    form,
    is_accepted,
    is_cluster_parameter,
)
from redshift_migrate.models.settings import parameter_member
from redshift_migrate.translators.translation import About, Translation, join

LIMIT_PREFIX = "max_"
WLM_PARAMETER = WLM_KEY
MOST_EXECUTION_TIME_S = number("workgroup.query_limits", EXECUTION_TIME_LIMIT)
STATEMENT_TIMEOUT = "statement_timeout"
ACTIVITY_PARAMETER = "enable_user_activity_logging"
_SSL = parameter_member(SSL_KEY)
WITHOUT_PLACE = {
    "auto_analyze": "serverless analyses tables by itself",
    "extra_float_digits": "set it in the session or for the user",
    "max_concurrency_scaling_clusters": "serverless scales by itself; the maximum capacity is the bound",
    "max_cursor_result_set_size": "cursors have a fixed bound of 150,000 MB on serverless",
}

WHO_CONNECTS_WITHOUT_SSL = (
    "SELECT user_name, remote_host, application_name, driver_version, max(record_time) FROM sys_connection_log "
    "WHERE event = 'authenticated' AND ssl_version = '' GROUP BY 1, 2, 3, 4"
)
"""On the cluster: who signed in without SSL in the days that the log goes back. Source: Database Developer Guide,
SYS_CONNECTION_LOG."""

about = About(Subject.PARAMETERS)


def translate_parameters(cluster: ProvisionedClusterConfig, choices: MigrationChoices) -> Translation:
    """What of the parameter group a workgroup takes, as a share of its parameters.

    A value that equals the default of the cluster's family is no loss. Where the two defaults differ and the owner set
    nothing, the difference is told with both values; what would stop queries is kept as far as AWS lets it be sent.
    Source: API reference, CreateWorkgroup.configParameters; Management Guide, "Behavior changes"; the dated record.
    """
    parameters = cluster.parameters
    if isinstance(parameters, Unknown):
        consequence = (
            "Going on would silently set every parameter, from case sensitivity to SSL, to serverless's default. Allow "
            "the read, or plan with the parameters excluded."
        )
        return Translation(findings=(about.unknown("blocker", "parameter group", parameters, consequence),))
    family = family_of(cluster.parameter_group_name)
    given = {each.name: each for each in parameters if each.value is not None and each.name != WLM_PARAMETER}
    return join(
        (
            *(_set_by_owner(each, family) for name, each in given.items() if name not in (SSL_KEY, STATEMENT_TIMEOUT)),
            _require_ssl(given.get(SSL_KEY), cluster, family, choices),
            _statement_timeout(given.get(STATEMENT_TIMEOUT)),
            _activity_logging(given.get(ACTIVITY_PARAMETER), family),
        )
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


def _set_by_owner(parameter: Parameter, family: str | None) -> Translation:
    name, value = parameter.name, form(parameter.name, parameter.value or "")
    if is_accepted(name):
        return Translation(
            config_parameters={name: value},
            changes=(about.row(name, value, value, "carried", member=parameter_member(name)),),
            findings=pending_reboot(parameter),
        )
    if _is_default(name, value, family):
        return Translation(findings=pending_reboot(parameter))
    if not is_cluster_parameter(name):
        message = (
            f"{name} = {value} is not carried: this program's record of what serverless takes does not know it, so "
            f"whether there is such a parameter is unknown. Look it up, and set it on the workgroup yourself if so."
        )
        return Translation(
            changes=(about.row(name, value, "unknown", "not carried"),),
            findings=(about.warning(name, message, value, "unknown"), *pending_reboot(parameter)),
        )
    message = f"{name} = {value} is not carried: {WITHOUT_PLACE.get(name, 'the workgroup has no such parameter')}."
    return Translation(
        changes=(about.row(name, value, "none", "not carried", member=parameter_member(name)),),
        findings=(about.warning(name, message, value, "none"), *pending_reboot(parameter)),
    )


def _is_default(name: str, value: str, family: str | None) -> bool:
    """Equal to what the cluster would run with anyway; 0 and `default` say the same of a size of cursors."""
    default = cluster_default(name, family)
    return value == default or (default == "default" and value in ("0", "default"))


def _require_ssl(
    parameter: Parameter | None, cluster: ProvisionedClusterConfig, family: str | None, choices: MigrationChoices
) -> Translation:
    given = form(SSL_KEY, parameter.value or "") if parameter else None
    value = given or cluster_default(SSL_KEY, family)
    pending = pending_reboot(parameter) if parameter else ()
    if value == "true":
        wanted = {SSL_KEY: value} if given else {}
        return Translation(
            config_parameters=wanted, changes=(about.row(SSL_KEY, value, value, "carried", _SSL),), findings=pending
        )
    now = value or f"not set by {cluster.parameter_group_name or 'its parameter group'}"
    if choices.connections_without_ssl:
        message = (
            "Clients may go on connecting without SSL, as you asked. AWS refuses that when a workgroup is created, so "
            "it is a step of its own afterwards."
        )
        return Translation(
            config_parameters={SSL_KEY: "false"},
            changes=(about.row(SSL_KEY, now, "false", "carried", _SSL),),
            findings=(about.warning(SSL_KEY, message, now, "false"), *pending),
        )
    since = fact("refusals.serverless", "require_ssl_off_at_creation").date
    message = (
        f"The cluster accepts connections without SSL (require_ssl {now}); a new workgroup has require_ssl true since "
        f"{since}, and clients without SSL are refused there. Who they are, asked on the cluster: "
        f"{WHO_CONNECTS_WITHOUT_SSL}. Let them use SSL, or name connections_without_ssl in also."
    )
    return Translation(
        changes=(about.row(SSL_KEY, now, "true, unless the workgroup has another value", "not carried", _SSL),),
        findings=(about.warning(SSL_KEY, message, now, "true"), *pending),
    )


def _statement_timeout(parameter: Parameter | None) -> Translation:
    value = (parameter.value or "").strip() if parameter else "0"
    if not (value.isascii() and value.isdigit()):
        message = (
            f"{value!r} is no number of milliseconds, so no limit is set, and the workgroup's own holds: "
            f"{DEFAULTS[EXECUTION_TIME_LIMIT]} s."
        )
        return Translation(
            changes=(
                about.row(
                    STATEMENT_TIMEOUT, value, "none", "not carried", member=parameter_member(EXECUTION_TIME_LIMIT)
                ),
            ),
            findings=(about.warning(STATEMENT_TIMEOUT, message, value, "none"),),
        )
    seconds = limit_seconds(int(value))
    pending = pending_reboot(parameter) if parameter else ()
    after = f"{EXECUTION_TIME_LIMIT} = {seconds or MOST_EXECUTION_TIME_S} s"
    before = f"{value} ms" if seconds else "no limit"
    message = _no_limit() if seconds is None else _other_limit(int(value), seconds)
    return Translation(
        config_parameters={EXECUTION_TIME_LIMIT: str(seconds or MOST_EXECUTION_TIME_S)},
        changes=(about.row(STATEMENT_TIMEOUT, before, after, "translated", parameter_member(EXECUTION_TIME_LIMIT)),),
        findings=(about.warning(STATEMENT_TIMEOUT, message, before, after), *pending),
    )


def _no_limit() -> str:
    return (
        f"The cluster stops no query for its time; a workgroup stops queries after {DEFAULTS[EXECUTION_TIME_LIMIT]} s "
        f"unless told otherwise. The largest value that it takes, {MOST_EXECUTION_TIME_S} s, is sent: queries that "
        "take longer are stopped after the move."
    )


def _other_limit(milliseconds: int, seconds: int) -> str:
    shorter = (
        f" A workgroup takes at most {MOST_EXECUTION_TIME_S} s, so longer queries are stopped."
        if seconds * 1000 < milliseconds
        else ""
    )
    return (
        f"{milliseconds} ms become {seconds} s of execution time. That is not quite the same: time in the queue does "
        f"not count. For single users, ALTER USER ... SET statement_timeout does count it.{shorter}"
    )


def _activity_logging(parameter: Parameter | None, family: str | None) -> Translation:
    """Where nobody chose, the two products differ: a workgroup logs the statements of users."""
    if parameter is not None:
        return Translation()
    now, then = cluster_default(ACTIVITY_PARAMETER, family), DEFAULTS[ACTIVITY_PARAMETER]
    if now == then:
        return Translation()
    message = (
        f"{ACTIVITY_PARAMETER} is {now or 'unknown'} on the cluster by default and {then} on a workgroup: statements "
        "of users are logged there, and fill useractivitylog if that is exported."
    )
    return Translation(
        changes=(about.row(ACTIVITY_PARAMETER, now, then, "not carried", parameter_member(ACTIVITY_PARAMETER)),),
        findings=(about.info(ACTIVITY_PARAMETER, message, now, then),),
    )
