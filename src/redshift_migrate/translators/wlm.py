"""WLM: queues only where they are asked for, because there is no way back; otherwise limits for all queries alike."""

from __future__ import annotations

from redshift_migrate.models.base import Unknown
from redshift_migrate.models.choices import MigrationChoices
from redshift_migrate.models.cluster import Parameter, ProvisionedClusterConfig
from redshift_migrate.models.finding import Finding, Subject
from redshift_migrate.models.settings import parameter_member
from redshift_migrate.translators.parameters import WLM_PARAMETER, pending_reboot
from redshift_migrate.translators.scope import is_asked_for
from redshift_migrate.translators.translation import About, Translation, cite, count
from redshift_migrate.translators.wlm_queues import Queues, common_limits, translated_queues
from redshift_migrate.translators.wlm_reading import parse_queues

ONE_WAY = "Once a workgroup has queues it cannot go back to limits without queues."
"""Source: Management Guide, "Setting query queues"."""

about = About(Subject.WLM)


def translate_wlm(cluster: ProvisionedClusterConfig, choices: MigrationChoices) -> Translation:
    """Queues as wlm_json_configuration when WLM is asked for by name; else the query limits common to all queues.

    Source: Management Guide, "Setting query queues" and "Setting query limits".
    """
    parameters = cluster.parameters
    if isinstance(parameters, Unknown):
        consequence = "Going on would silently drop every queue and rule. Allow the read, or plan with WLM excluded."
        return Translation(findings=(about.unknown("blocker", "WLM configuration", parameters, consequence),))
    parameter = next((each for each in parameters if each.name == WLM_PARAMETER and each.value), None)
    if parameter is None:
        return _default()
    elements = parse_queues(parameter.value or "")
    if elements is None:
        message = f"{WLM_PARAMETER} is no list of queues that can be read, so no queue and no rule is carried."
        return Translation(
            changes=(
                about.row("WLM queues", "unreadable", "none", "not carried", member=parameter_member(WLM_PARAMETER)),
            ),
            findings=(about.warning("WLM queues", message, "unreadable", "none"),),
        )
    queues = translated_queues(elements)
    limits = common_limits(elements)
    if queues.is_default:
        default = _default()
        return default.model_copy(update={"findings": (*default.findings, *pending_reboot(parameter, about))})
    shared = (*pending_reboot(parameter, about), *_lost(queues))
    if not queues.rules():
        return _nothing_to_carry(parameter, queues, shared)
    if is_asked_for(Subject.WLM, choices):
        return _with_queues(queues, shared)
    return _with_limits(queues, limits, shared)


def role_lines(groups: tuple[str, ...]) -> str:
    """SQL that makes a role for each user group, and prints the GRANT for each of its members."""
    lines = []
    for group in groups:
        identifier, text = group.replace('"', '""'), group.replace("'", "''")
        granted = identifier.replace("'", "''")
        lines.append(f'CREATE ROLE "{identifier}";')
        lines.append(
            f"SELECT 'GRANT ROLE \"{granted}\" TO \"' || usename || '\";' FROM pg_user, pg_group "  # noqa: S608 - to be shown, never run
            f"WHERE groname = '{text}' AND usesysid = ANY(grolist);"
        )
    return " ".join(lines)


def _default() -> Translation:
    message = "The cluster has the default WLM configuration; serverless manages memory and concurrency by itself."
    return Translation(
        changes=(about.row("WLM queues", "default", "none", "carried", parameter_member(WLM_PARAMETER)),),
        findings=(about.info("WLM queues", message, "default", "none"),),
    )


def _nothing_to_carry(parameter: Parameter, queues: Queues, findings: tuple[Finding, ...]) -> Translation:
    """A queue without rules does nothing on serverless, which is no reason for a way of no return."""
    message = "The cluster's queues have no rules, and nothing of them has an effect on serverless. None is made."
    told = about.info
    if queues.routing():
        told = about.warning
        message += (
            f" They divide the cluster between {cite(queues.routing())}. Serverless has no shares: what must not "
            "wait for the rest needs a workgroup of its own."
        )
    return Translation(
        changes=(about.row("WLM queues", _say(parameter), "none", "not carried", parameter_member(WLM_PARAMETER)),),
        findings=(told("WLM queues", message, None, "none"), *findings),
    )


def _with_queues(queues: Queues, findings: tuple[Finding, ...]) -> Translation:
    shown = _count(queues)
    message = (
        f"{shown} are made on the workgroup, as asked for{_say_routing(queues)}. {ONE_WAY} A queue only limits and "
        "logs the queries that it catches; it gives them no share of their own."
    )
    return Translation(
        config_parameters={WLM_PARAMETER: queues.as_parameter()},
        changes=(about.row("WLM queues", shown, shown, "translated", member=parameter_member(WLM_PARAMETER)),),
        findings=(about.warning("WLM queues", message, shown, shown), *_roles(queues), *findings),
    )


def _with_limits(queues: Queues, limits: dict[str, str], findings: tuple[Finding, ...]) -> Translation:
    shown = _count(queues)
    told = cite(f"{key} = {value}" for key, value in limits.items())
    alternative = (
        f"Instead these limits hold for all queries alike, each the loosest of all queues, so that nothing is stopped "
        f"which runs today: {told}. A shorter statement_timeout goes before."
        if limits
        else "No limit is common to all queues, the default queue included, so none is set."
    )
    message = (
        f"{shown} could be carried and are not, because that was not asked for{_say_routing(queues)}. {ONE_WAY} "
        f"{alternative} To carry the queues, plan again with WLM in also."
    )
    rows = [
        about.row(
            "WLM queues",
            shown,
            told or "none",
            "translated" if limits else "not carried",
            member=parameter_member(WLM_PARAMETER),
        )
    ]
    return Translation(
        config_parameters=limits,
        changes=tuple(rows),
        findings=(about.warning("WLM queues", message, shown, told or "none"), *findings),
    )


def _roles(queues: Queues) -> tuple[Finding, ...]:
    if not queues.groups:
        return ()
    message = (
        "Serverless queues know database roles and no user groups. The queues name roles of the same name; make them "
        f"and grant them after the restore (the second line of each prints the grants): {role_lines(queues.groups)}"
    )
    return (about.warning("user groups", message, cite(queues.groups), "roles of the same name"),)


def _lost(queues: Queues) -> tuple[Finding, ...]:
    lost = [about.warning("WLM queues", f"Not carried: {each}.", each, "none") for each in queues.lost]
    handled = [about.info("WLM queues", f"Not carried: {each}.", each, "none") for each in queues.handled]
    return (*lost, *handled, *_not_in_force(queues))


def _not_in_force(queues: Queues) -> tuple[Finding, ...]:
    if not queues.not_in_force:
        return ()
    shown = cite(queues.not_in_force)
    message = (
        f"Under automatic WLM the timeout of a queue (max_execution_time) is not in force, so these stop no query "
        f"today: {shown}. Neither a limit nor a rule is made of them."
    )
    return (about.info("WLM timeouts", message, shown, "none"),)


def _say_routing(queues: Queues) -> str:
    routing = queues.routing()
    return f": {cite(routing)}" if routing else ""


def _count(queues: Queues) -> str:
    return f"{count(len(queues.queues), 'queue')} with {count(len(queues.rules()), 'rule')}"


def _say(parameter: Parameter) -> str:
    value = parameter.value or ""
    return value if len(value) <= 80 else f"{value[:79]}…"
