"""Whether the roles of scheduled queries can run them on the workgroup, and the exact lines that let them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence

from redshift_migrate.models.choices import MigrationChoices
from redshift_migrate.models.cluster import ProvisionedClusterConfig
from redshift_migrate.models.finding import Finding, Subject
from redshift_migrate.models.role_access import READ_SECRET
from redshift_migrate.models.scheduled_query import NAMESPACE_SECRET, ScheduledQuery
from redshift_migrate.translators.role_check import Ask, RoleVerdict, check_role
from redshift_migrate.translators.translation import About, cite

SERVICES = {"rule": "events.amazonaws.com", "schedule": "scheduler.amazonaws.com"}
"""Who assumes the role. Source: Management Guide, "Scheduling Amazon Redshift Data API operations"; Scheduler guide."""

about = About(Subject.SCHEDULED_QUERIES)


def role_findings(
    roles: Mapping[str, Sequence[ScheduledQuery]],
    cluster: ProvisionedClusterConfig,
    choices: MigrationChoices,
    workgroup_arn: str | None = None,
) -> Iterable[Finding]:
    """What each role lacks, and the grants that its database user needs. `roles` maps a role to its copies."""
    for role_arn in sorted(roles):
        queries = roles[role_arn]
        for home in ("rule", "schedule"):
            own = [query for query in queries if query.home == home]
            groups: dict[str, tuple[RoleVerdict, list[ScheduledQuery]]] = {}
            for query in own:
                verdict = verdict_of(query, cluster, choices.namespace_name, workgroup_arn)
                groups.setdefault(verdict.model_dump_json(), (verdict, []))[1].append(query)
            for verdict, alike in groups.values():
                yield from _verdict_finding(role_arn, SERVICES[home], verdict, alike)
        yield from _grants(role_arn, queries)


def verdict_of(
    query: ScheduledQuery, cluster: ProvisionedClusterConfig, namespace_name: str, workgroup_arn: str | None = None
) -> RoleVerdict:
    """Whether the copy's role can run it. Without the workgroup's ARN: on any workgroup of the region."""
    if query.role is None:
        return RoleVerdict(trusted="cannot tell", allowed="cannot tell", unread=("it was not read",))
    context = {"aws:sourceaccount": cluster.account_id, "aws:sourcearn": source_arn(query, cluster)}
    return check_role(query.role, SERVICES[query.home], asks(query, cluster, namespace_name, workgroup_arn), context)


def asks(
    query: ScheduledQuery, cluster: ProvisionedClusterConfig, namespace_name: str, workgroup_arn: str | None = None
) -> tuple[Ask, ...]:
    """The calls that a run of the copy makes in the name of its role."""
    where = f"{cluster.partition}:{{}}:{cluster.region}:{cluster.account_id}"
    workgroup = workgroup_arn or f"arn:{where.format('redshift-serverless')}:workgroup/*"
    batch = query.batch or bool(query.sqls)
    execute = Ask(
        action=f"redshift-data:{'BatchExecuteStatement' if batch else 'ExecuteStatement'}", resource=workgroup
    )
    if not query.secret_arn:
        return (execute, Ask(action="redshift-serverless:GetCredentials", resource=workgroup))
    secret = _secret_resource(query.secret_arn, f"arn:{where.format('secretsmanager')}:secret:", namespace_name)
    return (execute, Ask(action=READ_SECRET, resource=secret))


def _secret_resource(secret: str, here: str, namespace_name: str) -> str:
    """The ARN that IAM compares: a secret's own ends in six random characters, which a name does not tell.

    Source: Secrets Manager User Guide, "Identity-based policies".
    """
    if secret == NAMESPACE_SECRET:
        return f"{here}redshift!{namespace_name}-*"
    if not secret.startswith("arn:"):
        return f"{here}{secret}-??????"
    return secret if re.search(r"-[A-Za-z0-9]{6}$", secret) else f"{secret}-??????"


def source_arn(query: ScheduledQuery, cluster: ProvisionedClusterConfig) -> str:
    """What a service names as aws:SourceArn when it assumes the role: the rule, or the schedule's group.

    Source: EventBridge and Scheduler user guides, "Cross-service confused deputy prevention".
    """
    where = f"{cluster.region}:{cluster.account_id}"
    if query.home == "schedule":
        return f"arn:{cluster.partition}:scheduler:{where}:schedule-group/{query.group}"
    path = query.name if query.group == "default" else f"{query.group}/{query.name}"
    return f"arn:{cluster.partition}:events:{where}:rule/{path}"


def policy_statement(wanted: Iterable[Ask]) -> str:
    """The smallest IAM statement that allows these calls, as JSON."""
    listed_asks = list(wanted)
    resources = sorted({ask.resource for ask in listed_asks})
    statement = {
        "Effect": "Allow",
        "Action": sorted({ask.action for ask in listed_asks}),
        "Resource": resources[0] if len(resources) == 1 else resources,
    }
    return json.dumps(statement)


def trust_statement(service: str) -> str:
    """The statement by which a role trusts a service, as JSON."""
    return json.dumps({"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"})


def grant_lines(role_arn: str) -> str:
    """SQL for the database user that a workgroup makes of a role; the schema is the reader's to fill in."""
    user = f'"IAMR:{role_arn.rpartition("/")[2]}"'
    return (
        f"CREATE USER {user} PASSWORD DISABLE; "
        f"GRANT USAGE ON SCHEMA your_schema TO {user}; "
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA your_schema TO {user};"
    )


def _verdict_finding(
    role_arn: str, service: str, verdict: RoleVerdict, queries: Sequence[ScheduledQuery]
) -> Iterable[Finding]:
    if verdict.answer == "yes":
        return
    parts: list[str] = []
    if verdict.trusted == "no":
        parts.append(f"It does not trust {service}. Add to its trust policy: {trust_statement(service)}")
    elif verdict.trusted == "cannot tell":
        parts.append(f"Whether it trusts {service} cannot be told. Its trust policy needs: {trust_statement(service)}")
    if verdict.missing:
        parts.append(f"It may not make the calls. Add to its policy: {policy_statement(verdict.missing)}")
    if verdict.doubtful:
        parts.append(
            "Whether it may make these calls cannot be told from its policies (conditions or unread policies decide; "
            "the managed Data API policy asks for a tag with the key RedshiftDataFullAccess on the workgroup). What "
            f"surely allows them: {policy_statement(verdict.doubtful)}"
        )
    parts += [f"Not read: {reason}." for reason in verdict.unread]
    cannot = "cannot run" if verdict.answer == "no" else "may not be able to run"
    names = cite(sorted({query.name for query in queries}))
    message = f"Role {role_arn} {cannot} {names} on the workgroup. {' '.join(parts)} Nothing in IAM is changed by this."
    yield about.warning("role of scheduled queries", message, role_arn, cannot)


def _grants(role_arn: str, queries: Sequence[ScheduledQuery]) -> Iterable[Finding]:
    without_secret = [query for query in queries if not query.secret_arn]
    if not without_secret:
        return
    users = sorted({query.db_user for query in without_secret if query.db_user})
    role = f"IAMR:{role_arn.rpartition('/')[2]}"
    databases = sorted({query.database for query in without_secret if query.database})
    today = f"as {cite(users)}" if users else "as the user of its role"
    message = (
        f"{cite(sorted({query.name for query in without_secret}))}: on the cluster these run {today}; on a workgroup "
        f'there is no DbUser, so they run as "{role}", which owns nothing and may do nothing yet. In database '
        f"{cite(databases)} give it what {cite(users) or 'that user'} may do, for example: {grant_lines(role_arn)}"
    )
    yield about.warning("database user of scheduled queries", message, cite(users) or None, role)
