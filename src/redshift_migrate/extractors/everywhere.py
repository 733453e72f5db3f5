"""The clusters of many regions at once. A region that cannot be read is named with its reason; the rest is whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from redshift_migrate.aws.door import Aws
from redshift_migrate.errors import CredentialsProblem, RedshiftMigrateError
from redshift_migrate.extractors.parallel import in_parallel
from redshift_migrate.extractors.provisioned import list_clusters
from redshift_migrate.models.cluster import ClusterSummary
from redshift_migrate.models.listing import Everywhere, Unreadable

NOT_ENABLED = "it does not know these credentials, as a region that is not enabled for the account"


def list_everywhere(aws: Aws, regions: Sequence[str]) -> Everywhere:
    """The clusters by region and name. Raises what the first region raised where none could be read."""
    found = in_parallel([_reader(aws, region) for region in regions])
    lists = [each for each in found if isinstance(each, tuple)]
    pairs = zip(regions, found, strict=True)
    errors = {region: each for region, each in pairs if isinstance(each, RedshiftMigrateError)}
    if errors and not lists:
        raise next(iter(errors.values()))
    return Everywhere(
        clusters=tuple(sorted((one for each in lists for one in each), key=lambda one: (one.region, one.cluster_id))),
        unreadable=tuple(Unreadable(region=region, reason=_reason(error)) for region, error in errors.items()),
        regions_read=len(lists),
    )


def _reader(aws: Aws, region: str) -> Callable[[], tuple[ClusterSummary, ...] | RedshiftMigrateError]:
    def read() -> tuple[ClusterSummary, ...] | RedshiftMigrateError:
        try:
            return list_clusters(aws, region)
        except RedshiftMigrateError as error:
            return error

    return read


def _reason(error: RedshiftMigrateError) -> str:
    return NOT_ENABLED if isinstance(error, CredentialsProblem) else error.message
