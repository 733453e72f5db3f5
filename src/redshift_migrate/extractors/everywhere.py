"""The same read in many places at once. A place that cannot be read is named with its reason; the rest is whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple, TypeVar

from redshift_migrate.aws.door import Aws
from redshift_migrate.aws.parallel import in_parallel
from redshift_migrate.errors import CredentialsProblem, RedshiftMigrateError
from redshift_migrate.extractors.provisioned import list_clusters
from redshift_migrate.models.listing import Everywhere, Unreadable
from redshift_migrate.models.plan import Call
from redshift_migrate.models.regions import Identity

T = TypeVar("T")

NOT_ENABLED = "it does not know these credentials, as a region that is not enabled for the account"


class Spot(NamedTuple):
    """A region of an account, and the door to it."""

    aws: Aws
    region: str
    account: str | None = None
    """Its name, where several are looked at."""
    identity: Identity | None = None


def read_alias(aws: Aws, region: str) -> str:
    """What people call the account; empty where there is no such name, or it cannot be read."""
    try:
        found = aws.call(Call(service="iam", region=region, operation="ListAccountAliases")).get("AccountAliases") or []
    except RedshiftMigrateError:
        return ""
    return str(found[0]) if found else ""


def read_everywhere(
    spots: Sequence[Spot], read: Callable[[Spot], T]
) -> tuple[list[T], tuple[Unreadable, ...], RedshiftMigrateError | None]:
    """What was read, in the order of the spots; those that could not be; and the first error."""
    found = in_parallel([partial(_answer, read, spot) for spot in spots])
    pairs = list(zip(spots, found, strict=True))
    errors = [(spot, each) for spot, each in pairs if isinstance(each, RedshiftMigrateError)]
    unreadable = tuple(
        Unreadable(region=spot.region, account=spot.account, reason=_reason(error)) for spot, error in errors
    )
    values = [each for each in found if not isinstance(each, RedshiftMigrateError)]
    return values, unreadable, errors[0][1] if errors else None


def list_everywhere(spots: Sequence[Spot]) -> Everywhere:
    """The clusters by account, region and name. Raises what the first spot raised where none could be read."""
    lists, unreadable, error = read_everywhere(
        spots,
        lambda spot: [
            each.model_copy(update={"account": spot.account}) if spot.account else each
            for each in list_clusters(spot.aws, spot.region)
        ],
    )
    if error and not lists:
        raise error
    clusters = (one for each in lists for one in each)
    return Everywhere(
        clusters=tuple(sorted(clusters, key=lambda one: (one.account or "", one.region, one.cluster_id))),
        unreadable=unreadable,
        regions_read=len(lists),
    )


def _answer(read: Callable[[Spot], T], spot: Spot) -> T | RedshiftMigrateError:
    try:
        return read(spot)
    except RedshiftMigrateError as error:
        return error


def _reason(error: RedshiftMigrateError) -> str:
    """An expired token is one everywhere; a region that is not enabled refuses a good one."""
    if isinstance(error, CredentialsProblem) and "Expired" not in str(error.data.get("aws_code", "")):
        return NOT_ENABLED
    return error.message
