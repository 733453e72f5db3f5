"""Every AWS operation the product may call, with the IAM statement that allows it.

The table is the closed list of what can reach AWS: a call that is not in it is refused before it leaves, the
hints of denied calls are printed from it, and the deployed roles are checked against it.

Source: Service Authorization Reference, pages of the services named.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from redshift_facts import facts


@dataclass(frozen=True)
class Grant:
    """One thing an operation needs to be allowed."""

    action: str
    resource: str = "*"
    """ARN template; `{Member}` takes the call's parameter of that name, or `*`."""
    condition: tuple[tuple[str, str, str], ...] = ()
    """Operator, key and value template of each condition."""
    when: str = ""
    """Only needed when the call has this parameter."""


@dataclass(frozen=True)
class Operation:
    """One API operation: its grants, and whether it changes anything."""

    grants: tuple[Grant, ...]
    writes: bool = False


def _read(name: str, resource: str = "*", *more: Grant) -> tuple[str, Operation]:
    """A row of the table: IAM calls the action as the API calls the operation."""
    return name, Operation((Grant(name, resource), *more))


def _write(name: str, resource: str = "*", *more: Grant) -> tuple[str, Operation]:
    return name, Operation((Grant(name, resource), *more), writes=True)


_NAMESPACE = "arn:{partition}:redshift-serverless:{region}:{account}:namespace/*"
_WORKGROUP = "arn:{partition}:redshift-serverless:{region}:{account}:workgroup/*"
_CLUSTER = "arn:{partition}:redshift:{region}:{account}:cluster:{ClusterIdentifier}"
_DATABASE = "arn:{partition}:redshift:{region}:{account}:dbname:{ClusterIdentifier}/*"
_DESTINATION_KEY = "{destinationKmsKeyId}"
_SERVERLESS_SNAPSHOT = "arn:{partition}:redshift-serverless:{region}:{account}:snapshot/*"
_CLUSTER_SNAPSHOT = "arn:{partition}:redshift:{region}:{account}:snapshot:{ClusterIdentifier}/*"
_VPC_ENDPOINT = "arn:{partition}:redshift-serverless:{region}:{account}:managedvpcendpoint/*"
_SECRET = "arn:{partition}:secretsmanager:{region}:{account}:secret:redshift!*"  # noqa: S105  # an ARN, not a secret
_LINKED_ROLE = "arn:{partition}:iam::{account}:role/aws-service-role/redshift.amazonaws.com/AWSServiceRoleForRedshift"


def _certificate(member: str) -> Grant:
    """Reading the certificate of a custom domain. Source: Management Guide, Custom domain names, security."""
    return Grant("acm:DescribeCertificate", f"{{{member}}}", when=member)


def _pass_role(role: str, when: str, *services: str) -> tuple[Grant, ...]:
    """Handing a role to a service that will act with it."""
    condition = tuple(("StringEquals", "iam:PassedToService", service) for service in services)
    return (Grant("iam:PassRole", role, condition, when),)


KEY_ACTIONS = tuple(sorted((*facts("refusals.key_actions"), "kms:RetireGrant")))
"""What serverless does in the caller's name with the key of a namespace. Source: the dated record; for the last one,
Service Authorization Reference, dependent actions of CreateNamespace."""

_NAMESPACE_KEY = tuple(Grant(action, "{kmsKeyId}", when="kmsKeyId") for action in KEY_ACTIONS)
# Source: Service Authorization Reference, as above; CloudFormation handler permissions.
_MANAGED_PASSWORD = (
    *(
        Grant(f"secretsmanager:{action}", _SECRET, when="manageAdminPassword")
        for action in ("CreateSecret", "DeleteSecret", "DescribeSecret", "RotateSecret", "TagResource", "UpdateSecret")
    ),
    Grant("secretsmanager:GetRandomPassword", when="manageAdminPassword"),
    *(
        Grant(f"kms:{action}", "{adminPasswordSecretKmsKeyId}", when="adminPasswordSecretKmsKeyId")
        for action in ("CreateGrant", "Decrypt", "DescribeKey", "GenerateDataKey")
    ),
)
_NAMESPACE_ROLES = _pass_role("{iamRoles}", "iamRoles", "redshift-serverless.amazonaws.com", "redshift.amazonaws.com")
_WORKGROUP_NETWORK = tuple(
    Grant(f"ec2:{action}")
    for action in (
        "DescribeAccountAttributes",
        "DescribeAddresses",
        "DescribeAvailabilityZones",
        "DescribeInternetGateways",
        "DescribeSecurityGroups",
        "DescribeSubnets",
        "DescribeVpcAttribute",
    )
)
_SCHEDULER_ROLE = _pass_role("{roleArn}", "roleArn", "scheduler.redshift.amazonaws.com")

_ROLE = "arn:{partition}:iam::{account}:role/*"
_RULE = "arn:{partition}:events:{region}:{account}:rule/*"
_SCHEDULE = "arn:{partition}:scheduler:{region}:{account}:schedule/{GroupName}/{Name}"
_SCHEDULE_TARGET = (
    *_pass_role(_ROLE, "Target", "scheduler.amazonaws.com"),
    *(
        Grant(f"kms:{action}", "{KmsKeyArn}", when="KmsKeyArn")
        for action in ("Decrypt", "DescribeKey", "GenerateDataKey")
    ),
)

CLIENTS = {"servicequotas": "service-quotas", "states": "stepfunctions"}
"""What boto3 calls a service, where IAM, and so this program, has another name for it."""

OPERATIONS: dict[str, Operation] = dict(
    (
        _read("sts:GetCallerIdentity"),
        # SQL of this program's own, which only reads.
        (
            "redshift-data:BatchExecuteStatement",
            Operation(
                (
                    Grant("redshift-data:BatchExecuteStatement", _CLUSTER, when="ClusterIdentifier"),
                    Grant("redshift-data:BatchExecuteStatement", _WORKGROUP, when="WorkgroupName"),
                    Grant("redshift:GetClusterCredentialsWithIAM", _DATABASE, when="ClusterIdentifier"),
                    Grant("redshift-serverless:GetCredentials", _WORKGROUP, when="WorkgroupName"),
                )
            ),
        ),
        _read("redshift-data:DescribeStatement"),
        _read("redshift-data:GetStatementResult"),
        _read("redshift-serverless:ListSnapshots"),
        # Looking at many clusters, and what one costs.
        _read("sts:AssumeRole", "{RoleArn}"),
        _read("servicequotas:ListServiceQuotas"),
        _read("redshift:DescribeDataShares"),
        _read("cloudwatch:GetMetricData"),
        _read("pricing:GetProducts"),
        _read("iam:ListAccountAliases"),
        _read("iam:SimulatePrincipalPolicy"),
        _read("kms:DescribeKey", "arn:{partition}:kms:{region}:{account}:key/*"),
        # Describing all clusters needs `*`; describing one may be scoped, and so is what we ask for then.
        _read("redshift:DescribeClusters", "arn:{partition}:redshift:{region}:{account}:cluster:{ClusterIdentifier}"),
        _read("redshift:DescribeSnapshotCopyGrants"),
        _read("redshift:DescribeClusterSubnetGroups"),
        _read(
            "redshift:DescribeClusterParameters",
            "arn:{partition}:redshift:{region}:{account}:parametergroup:{ParameterGroupName}",
        ),
        _read(
            "redshift:DescribeLoggingStatus", "arn:{partition}:redshift:{region}:{account}:cluster:{ClusterIdentifier}"
        ),
        _read("redshift:DescribeUsageLimits", "arn:{partition}:redshift:{region}:{account}:usagelimit:*"),
        _read("redshift:DescribeScheduledActions"),
        _read("redshift:DescribeSnapshotSchedules", "arn:{partition}:redshift:{region}:{account}:snapshotschedule:*"),
        _read("redshift:DescribeEndpointAccess"),
        _read("redshift:DescribeEndpointAuthorization"),
        _read("redshift:DescribeDataSharesForProducer"),
        _read("redshift:DescribeDataSharesForConsumer"),
        _read("redshift:DescribeInboundIntegrations"),
        _read("redshift:DescribeIntegrations", "arn:{partition}:redshift:{region}:{account}:integration:*"),
        _read("redshift:DescribePartners"),
        _read("redshift:GetResourcePolicy", "{ResourceArn}"),
        _read("redshift:DescribeEventSubscriptions"),
        _read("redshift:DescribeReservedNodes"),
        _read("ec2:DescribeSubnets"),
        _read("cloudwatch:DescribeAlarms"),
        # The call names a role without its path, the ARN has it: `service-role/` for those that the console makes.
        _read("iam:GetRole", _ROLE),
        _read("iam:ListRolePolicies", _ROLE),
        _read("iam:GetRolePolicy", _ROLE),
        _read("iam:ListAttachedRolePolicies", _ROLE),
        _read("iam:GetPolicy"),  # policies of AWS are in no account
        _read("iam:GetPolicyVersion"),
        # What else names the cluster: one list a kind, and what the list does not tell.
        _read("events:ListRules"),
        _read(
            "glue:GetConnections",
            "arn:{partition}:glue:{region}:{account}:catalog",
            Grant("glue:GetConnections", "arn:{partition}:glue:{region}:{account}:connection/*"),
        ),
        _read("lambda:ListFunctions"),
        _read("pipes:ListPipes"),
        _read("states:ListStateMachines"),
        _read("states:DescribeStateMachine", "arn:{partition}:states:{region}:{account}:stateMachine:*"),
        _read("events:ListEventBuses"),
        _read("events:ListRuleNamesByTarget"),
        _read("events:DescribeRule", _RULE),
        _read("events:ListTargetsByRule", _RULE),
        _write("events:PutRule", _RULE),
        _write("events:PutTargets", _RULE, *_pass_role(_ROLE, "Targets", "events.amazonaws.com")),
        _write("events:EnableRule", _RULE),
        _write("events:DisableRule", _RULE),
        _write("events:RemoveTargets", _RULE),
        _write("events:DeleteRule", _RULE),
        _read("scheduler:ListSchedules"),
        _read("scheduler:GetSchedule", _SCHEDULE),
        _write("scheduler:CreateSchedule", _SCHEDULE, *_SCHEDULE_TARGET),
        _write("scheduler:UpdateSchedule", _SCHEDULE, *_SCHEDULE_TARGET),
        _write("scheduler:DeleteSchedule", _SCHEDULE),
        _read("redshift-serverless:GetNamespace", _NAMESPACE),
        _read("redshift-serverless:ListNamespaces"),
        _read("redshift-serverless:GetWorkgroup", _WORKGROUP),
        _read("redshift-serverless:ListWorkgroups"),
        _read("redshift-serverless:ListTracks"),
        _read("redshift-serverless:ListSnapshotCopyConfigurations", _NAMESPACE),
        _write(
            "redshift-serverless:CreateSnapshotCopyConfiguration",
            _NAMESPACE,
            # Serverless makes the grant on the destination key in the caller's name.
            # Source: Management Guide, "Copying backups to another AWS Region".
            Grant("kms:CreateGrant", _DESTINATION_KEY, when="destinationKmsKeyId"),
            Grant("kms:DescribeKey", _DESTINATION_KEY, when="destinationKmsKeyId"),
        ),
        _write("redshift-serverless:UpdateSnapshotCopyConfiguration"),
        _write("redshift-serverless:DeleteSnapshotCopyConfiguration"),
        _write("redshift-serverless:UpdateWorkgroup", _WORKGROUP, *_WORKGROUP_NETWORK),
        _write(
            "redshift-serverless:CreateNamespace",
            _NAMESPACE,
            Grant("redshift-serverless:TagResource", _NAMESPACE, when="tags"),
            *_NAMESPACE_ROLES,
            *_NAMESPACE_KEY,
            *_MANAGED_PASSWORD,
            Grant(
                "iam:CreateServiceLinkedRole",
                _LINKED_ROLE,
                (("StringEquals", "iam:AWSServiceName", "redshift.amazonaws.com"),),
            ),
        ),
        _write(
            "redshift-serverless:UpdateNamespace", _NAMESPACE, *_NAMESPACE_ROLES, *_NAMESPACE_KEY, *_MANAGED_PASSWORD
        ),
        _write(
            "redshift-serverless:DeleteNamespace",
            _NAMESPACE,
            Grant("redshift-serverless:CreateSnapshot", _NAMESPACE, when="finalSnapshotName"),
            Grant("redshift-serverless:CreateSnapshot", _SERVERLESS_SNAPSHOT, when="finalSnapshotName"),
        ),
        _write(
            "redshift-serverless:CreateWorkgroup",
            _WORKGROUP,
            Grant("redshift-serverless:TagResource", _WORKGROUP, when="tags"),
            *_WORKGROUP_NETWORK,
        ),
        _write("redshift-serverless:DeleteWorkgroup", _WORKGROUP),
        # Which ARN is compared for a snapshot of a provisioned cluster is not documented, so all that may be are named.
        _write(
            "redshift-serverless:RestoreFromSnapshot",
            "arn:{partition}:redshift:{region}:{account}:snapshot:*",
            *(
                Grant("redshift-serverless:RestoreFromSnapshot", where)
                for where in (_SERVERLESS_SNAPSHOT, _NAMESPACE, _WORKGROUP)
            ),
            *_MANAGED_PASSWORD,
        ),
        _read("redshift-serverless:ListUsageLimits"),
        _read("redshift-serverless:GetUsageLimit"),
        _write("redshift-serverless:CreateUsageLimit"),
        _write("redshift-serverless:UpdateUsageLimit"),
        _write("redshift-serverless:DeleteUsageLimit"),
        _read("redshift-serverless:ListScheduledActions"),
        _read("redshift-serverless:GetScheduledAction"),
        _write("redshift-serverless:CreateScheduledAction", _NAMESPACE, *_SCHEDULER_ROLE),
        _write("redshift-serverless:UpdateScheduledAction", "*", *_SCHEDULER_ROLE),
        _write("redshift-serverless:DeleteScheduledAction"),
        _read("redshift-serverless:ListEndpointAccess", _VPC_ENDPOINT),
        _read("redshift-serverless:GetEndpointAccess", _VPC_ENDPOINT),
        _write("redshift-serverless:CreateEndpointAccess", _VPC_ENDPOINT),
        _write("redshift-serverless:UpdateEndpointAccess", _VPC_ENDPOINT),
        _write("redshift-serverless:DeleteEndpointAccess", _VPC_ENDPOINT),
        _read("redshift-serverless:ListTagsForResource", "{resourceArn}"),
        _write("redshift-serverless:TagResource", "{resourceArn}"),
        _write("redshift-serverless:UntagResource", "{resourceArn}"),
        _write(
            "redshift:CreateClusterSnapshot",
            _CLUSTER_SNAPSHOT,
            Grant("redshift:CreateTags", _CLUSTER_SNAPSHOT, when="Tags"),
        ),
        _read("redshift:DescribeClusterSnapshots"),
        # The cut-over and the end of a cluster.
        _write("redshift:ModifyScheduledAction"),
        _write("redshift:CreateCustomDomainAssociation", _CLUSTER, _certificate("CustomDomainCertificateArn")),
        _write("redshift:DeleteCustomDomainAssociation", _CLUSTER),
        _write(
            "redshift-serverless:CreateCustomDomainAssociation",
            _WORKGROUP,
            _certificate("customDomainCertificateArn"),
        ),
        _write("redshift-serverless:DeleteCustomDomainAssociation", _WORKGROUP),
        _write("redshift:PauseCluster", _CLUSTER),
        _write("redshift:ResumeCluster", _CLUSTER),
        _write(
            "redshift:DeleteCluster",
            _CLUSTER,
            Grant("redshift:CreateClusterSnapshot", _CLUSTER_SNAPSHOT, when="FinalClusterSnapshotIdentifier"),
        ),
        _write("redshift:PutResourcePolicy", "{ResourceArn}"),
        _write("redshift:DeleteResourcePolicy", "{ResourceArn}"),
    )
)


Policy = Literal["read", "migrate", "cut_over", "fleet", "data", "decommission"]
"""The policies of a deployment: the one that everybody needs, the two that few should have, two to look further (at
many clusters, and into the databases), and one to pause and delete clusters that nobody needs any more."""

POLICIES: tuple[Policy, ...] = get_args(Policy)
MODEL = "model"
"""The policy beside those: to ask a model on Bedrock."""

_TAKES_AWAY = ("Delete", "Remove", "Enable", "Disable")
_OF_MIGRATE = {"redshift-serverless:DeleteSnapshotCopyConfiguration"}  # another region or key is delete and create
_OF_CUT_OVER = {
    "scheduler:UpdateSchedule",  # it switches schedules that run today on or off
    "redshift:ModifyScheduledAction",
    "redshift:CreateCustomDomainAssociation",
    "redshift-serverless:CreateCustomDomainAssociation",
}
_OF_DECOMMISSION = {"redshift:PauseCluster", "redshift:ResumeCluster", "redshift:DeleteCluster"}
_OF_FLEET = {
    "sts:AssumeRole",
    "servicequotas:ListServiceQuotas",
    "redshift:DescribeDataShares",
    "cloudwatch:GetMetricData",
    "pricing:GetProducts",
    "iam:ListAccountAliases",
}
_OF_DATA = "redshift-data:"
_OF_NOBODY = {"redshift-serverless:DeleteNamespace"}  # every deployed role denies it; a person's own may allow it


def policy_of(operation: str) -> Policy | None:
    """Which policy of a deployment allows the operation; None: none does, whatever is deployed."""
    if operation in _OF_NOBODY:
        return None
    if operation in _OF_FLEET:
        return "fleet"
    if operation in _OF_DECOMMISSION:
        return "decommission"
    if operation.startswith(_OF_DATA):
        return "data"
    if not OPERATIONS[operation].writes:
        return "read"
    takes_away = operation.partition(":")[2].startswith(_TAKES_AWAY) and operation not in _OF_MIGRATE
    return "cut_over" if takes_away or operation in _OF_CUT_OVER else "migrate"


def policies_beside(name: str) -> tuple[Policy, ...]:
    """Those without which the policy is of no use."""
    if name == "decommission":
        return ("read", "data")  # who connects is asked of the database
    return POLICIES[:1] if name in ("fleet", "data") else POLICIES[: list[str](POLICIES).index(name)]


def role_policy(name: str, *, partition: str = "aws", region: str = "*", account: str = "*") -> dict[str, Any]:
    """The managed policy of that name, for which those before it are needed too: one has room for 6,144 characters."""
    operations = [operation for operation in OPERATIONS if policy_of(operation) == name]
    return policy_document(operations, partition=partition, region=region, account=account)


def model_policy(model_id: str, *, partition: str = "aws", region: str = "*", account: str = "*") -> dict[str, Any]:
    """To ask that model on Bedrock. An id that begins with a place is an inference profile: its models are asked too.

    Source: Bedrock User Guide, "Prerequisites for inference profiles".
    """
    place, _, rest = model_id.partition(".")
    is_profile = "." in rest
    models = f"arn:{partition}:bedrock:*::foundation-model/{rest if is_profile else model_id}"
    profile = f"arn:{partition}:bedrock:{region}:{account}:inference-profile/{model_id}"
    actions = ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"]
    resources = [models, profile] if is_profile and place else [models]
    return {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": actions, "Resource": resources}],
    }


def policy_document(
    operations: Iterable[str], *, partition: str = "aws", region: str = "*", account: str = "*"
) -> dict[str, Any]:
    """The smallest IAM policy that allows these operations, whatever they are called with."""
    where = {"partition": partition, "region": region, "account": account}
    grouped: dict[tuple[str, tuple[tuple[str, str, str], ...]], set[str]] = {}
    for operation in operations:
        for grant in OPERATIONS[operation].grants:
            resource = grant.resource.format_map(_Slots(where, {}))
            grouped.setdefault((resource, grant.condition), set()).add(grant.action)
    statements = []
    for (resource, conditions), actions in sorted(grouped.items()):
        allowed: dict[str, Any] = {"Effect": "Allow", "Action": sorted(actions), "Resource": resource}
        for operator, key, value in conditions:
            allowed.setdefault("Condition", {}).setdefault(operator, {}).setdefault(key, []).append(value)
        statements.append(allowed)
    return {"Version": "2012-10-17", "Statement": statements}


def iam_actions(operation: str, parameters: Mapping[str, Any]) -> tuple[str, ...]:
    """The IAM actions that one call needs, its own first. KeyError: the product never makes that call."""
    return tuple(dict.fromkeys(grant.action for grant in _grants(operation, parameters)))


def statement(
    operations: Iterable[tuple[str, Mapping[str, Any]]],
    *,
    partition: str = "aws",
    region: str = "*",
    account: str = "*",
) -> dict[str, Any]:
    """The smallest IAM policy statement that allows these calls (operation, parameters)."""
    actions: list[str] = []
    resources: list[str] = []
    for operation, parameters in operations:
        for grant in _grants(operation, parameters):
            where = {"partition": partition, "region": region, "account": account}
            actions.append(grant.action)
            resources += _resources(grant.resource, where, parameters)
    one_or_many = sorted(set(resources))
    return {
        "Effect": "Allow",
        "Action": sorted(set(actions)),
        "Resource": "*" if "*" in one_or_many else one_or_many,
    }


def _grants(operation: str, parameters: Mapping[str, Any]) -> tuple[Grant, ...]:
    return tuple(grant for grant in OPERATIONS[operation].grants if not grant.when or parameters.get(grant.when))


def _resources(template: str, where: Mapping[str, str], parameters: Mapping[str, Any]) -> list[str]:
    """The ARNs of a template; several where the parameter is a list, such as the roles of a namespace."""
    listed = parameters.get(template[1:-1])
    if isinstance(listed, list) and listed:
        return [str(each) for each in listed]
    return [template.format_map(_Slots(where, parameters))]


class _Slots(dict[str, Any]):
    """Fills an ARN template: where first, then the call's parameters, else `*`."""

    def __init__(self, where: Mapping[str, str], parameters: Mapping[str, Any]) -> None:
        super().__init__(where)
        self._parameters = parameters

    def __missing__(self, key: str) -> str:
        value = self._parameters.get(key)
        return value if isinstance(value, str) and value else "*"
