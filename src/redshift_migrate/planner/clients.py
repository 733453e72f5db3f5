"""Steps that lead clients to the workgroup: the custom domain name leaves the cluster and comes to the workgroup.

One name on both is not supported, so between the two nobody connects by it. If the workgroup does not take it, the
cluster gets it back at once. Source: Management Guide, "Custom domain names".
"""

from __future__ import annotations

from redshift_migrate.models.base import JsonObject, Value
from redshift_migrate.models.finding import Finding, Subject
from redshift_migrate.models.plan import Call, Check, Reading, SettingChange, Step, Wait
from redshift_migrate.planner.building import SERVERLESS, make_step

OFF_ID, ON_ID = "cut_over.domain.cluster", "cut_over.domain.workgroup"


class Domain(Value):
    """A custom domain name of a cluster, and the workgroup to which it is to lead."""

    name: str
    certificate_arn: str
    region: str
    cluster_id: str
    workgroup_name: str
    workgroup_host: str | None = None

    @property
    def seen(self) -> JsonObject:
        """What a reading of whoever has it says."""
        return {"custom_domain_name": self.name, "custom_domain_certificate_arn": self.certificate_arn}

    def of_cluster(self) -> Reading:
        """The reading of the cluster."""
        return Reading(name="cluster", region=self.region, arguments={"cluster_id": self.cluster_id})

    def of_workgroup(self) -> Reading:
        """The reading of the workgroup."""
        return Reading(name="workgroup", region=self.region, arguments={"workgroup_name": self.workgroup_name})


def plan_domain(domain: Domain) -> tuple[Step, ...]:
    """Off the cluster, then onto the workgroup; each takes the other's place on the way back."""
    absent: JsonObject = dict.fromkeys(domain.seen)
    off = make_step(
        id=OFF_ID,
        subject=Subject.ENDPOINTS,
        summary=f"On the cluster: take custom domain {domain.name} away",
        call=_at_cluster("DeleteCustomDomainAssociation", domain),
        check=Check(reading=domain.of_cluster(), before=domain.seen, after=absent),
        undo=_at_cluster("CreateCustomDomainAssociation", domain, CustomDomainCertificateArn=domain.certificate_arn),
        undo_guards=(_is_free(domain.of_workgroup(), f"workgroup {domain.workgroup_name}"),),
        interrupts=f"Nobody connects by {domain.name} until the workgroup has it and its DNS entry leads there.",
    )
    on = make_step(
        id=ON_ID,
        subject=Subject.ENDPOINTS,
        summary=f"On the workgroup: add custom domain {domain.name}",
        call=_at_workgroup("CreateCustomDomainAssociation", domain, customDomainCertificateArn=domain.certificate_arn),
        check=Check(reading=domain.of_workgroup(), before=absent, after=domain.seen),
        undo=_at_workgroup("DeleteCustomDomainAssociation", domain),
        guards=(_is_free(domain.of_cluster(), f"cluster {domain.cluster_id}"),),
        needs=(OFF_ID,),
        put_back=OFF_ID,
    )
    return (off, on)


def domain_rows(domain: Domain) -> tuple[SettingChange, ...]:
    """Where the name leads, before and after."""
    return (
        SettingChange(
            subject=Subject.ENDPOINTS,
            setting=f"custom domain {domain.name}",
            on_cluster=f"cluster {domain.cluster_id}",
            now="not on the workgroup",
            after=f"workgroup {domain.workgroup_name}",
            action="set",
        ),
    )


def dns_finding(domain: Domain) -> Finding:
    """What no call of Redshift does: the name itself is an entry in somebody's DNS."""
    host = domain.workgroup_host or f"the endpoint of workgroup {domain.workgroup_name}"
    message = (
        f"Point the CNAME of {domain.name} to {host} as soon as the plan has run; a day before, lower its TTL to a "
        "minute or so, because until it has passed clients are led to the cluster, which does not answer to that name "
        "any more. The certificate has to renew itself (validated by DNS). To go back, undo the run and point the "
        "CNAME to the cluster again."
    )
    return Finding(
        level="warning",
        subject=Subject.ENDPOINTS,
        setting="DNS entry",
        message=message,
        on_cluster=domain.name,
        after=host,
    )


def _is_free(reading: Reading, what: str) -> Wait:
    return Wait(reading=reading, member="custom_domain_name", until=(None,), what=f"{what} to have no custom domain")


def _at_cluster(operation: str, domain: Domain, **more: str) -> Call:
    parameters: JsonObject = {"ClusterIdentifier": domain.cluster_id, "CustomDomainName": domain.name, **more}
    return Call(service="redshift", region=domain.region, operation=operation, parameters=parameters)


def _at_workgroup(operation: str, domain: Domain, **more: str) -> Call:
    parameters: JsonObject = {"workgroupName": domain.workgroup_name, "customDomainName": domain.name, **more}
    return Call(service=SERVERLESS, region=domain.region, operation=operation, parameters=parameters)
