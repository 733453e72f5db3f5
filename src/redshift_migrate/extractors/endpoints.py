"""Redshift-managed VPC endpoints of a cluster, and who else may make some."""

from __future__ import annotations

from redshift_migrate.extractors.network import parse_security_groups
from redshift_migrate.extractors.replies import Reply, read_or_unknown, require_text, texts
from redshift_migrate.extractors.source import Members, Read, Source, pick
from redshift_migrate.models.base import Unknown
from redshift_migrate.models.cluster import EndpointAccess, EndpointAuthorization


def extract_endpoint_access(source: Source) -> tuple[EndpointAccess, ...] | Unknown:
    """The endpoints through which the cluster is reached from other networks."""
    call = source.call("redshift", "DescribeEndpointAccess", ClusterIdentifier=source.cluster_id)
    return read_or_unknown(
        call,
        lambda: parse_endpoint_access(source.aws.pages(call, "EndpointAccessList")),
        absent=(),
        absent_codes={"EndpointNotFound"},
    )


def parse_endpoint_access(endpoints: list[Reply]) -> tuple[EndpointAccess, ...]:
    """The endpoints of a reply, by name."""
    return tuple(sorted(map(_endpoint, endpoints), key=lambda endpoint: endpoint.endpoint_name))


def _endpoint(endpoint: Reply) -> EndpointAccess:
    vpc_endpoint = endpoint.get("VpcEndpoint") or {}
    return EndpointAccess(
        endpoint_name=require_text(endpoint, "EndpointName", "DescribeEndpointAccess"),
        subnet_group_name=endpoint.get("SubnetGroupName"),
        # The subnet group of an endpoint may belong to another account; its interfaces are always told.
        subnet_ids=tuple(sorted(set(texts(vpc_endpoint.get("NetworkInterfaces"), "SubnetId")))),
        vpc_security_group_ids=parse_security_groups(endpoint.get("VpcSecurityGroups")),
        vpc_id=vpc_endpoint.get("VpcId"),
        resource_owner=endpoint.get("ResourceOwner"),
        status=endpoint.get("EndpointStatus"),
    )


def extract_endpoint_authorizations(source: Source) -> tuple[EndpointAuthorization, ...] | Unknown:
    """The accounts that may make endpoints to the cluster."""
    call = source.call("redshift", "DescribeEndpointAuthorization", ClusterIdentifier=source.cluster_id)
    return read_or_unknown(
        call,
        lambda: parse_endpoint_authorizations(source.aws.pages(call, "EndpointAuthorizationList")),
        absent=(),
    )


def parse_endpoint_authorizations(authorizations: list[Reply]) -> tuple[EndpointAuthorization, ...]:
    """The authorizations of a reply, by account."""
    found = (
        EndpointAuthorization(
            grantee=require_text(authorization, "Grantee", "DescribeEndpointAuthorization"),
            allowed_all_vpcs=bool(authorization.get("AllowedAllVPCs")),
            allowed_vpcs=tuple(sorted(authorization.get("AllowedVPCs") or ())),
            status=authorization.get("Status"),
        )
        for authorization in authorizations
    )
    return tuple(sorted(found, key=lambda authorization: authorization.grantee))


MEMBERS: Members = {
    "endpoint_access": Read("redshift:DescribeEndpointAccess", extract_endpoint_access),
    "endpoint_authorizations": Read("redshift:DescribeEndpointAuthorization", extract_endpoint_authorizations),
    "custom_domain_name": pick("CustomDomainName"),
    "custom_domain_certificate_arn": pick("CustomDomainCertificateArn"),
}
