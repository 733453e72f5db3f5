"""Settings become a boto3 session here: profile and region as the AWS CLI finds them."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ProfileNotFound
from botocore.utils import parse_timestamp

from redshift_migrate.errors import SettingsError
from redshift_migrate.models.base import moment_text
from redshift_migrate.models.regions import RegionCatalog, either, similar


def open_session(
    *, profile: str | None = None, region: str | None = None, environ: Mapping[str, str] = os.environ
) -> tuple[boto3.Session, str | None]:
    """A boto3 session and the region to use by default, None when nothing names one.

    The region is taken as the AWS CLI does: the argument, then AWS_REGION, then AWS_DEFAULT_REGION, then the profile.
    Raises SettingsError for a profile that does not exist.
    """
    wanted = region or environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION") or None
    try:
        core = with_text_moments(botocore.session.Session())
        session = boto3.Session(profile_name=profile or None, region_name=wanted, botocore_session=core)
    except ProfileNotFound as error:
        known = botocore.session.Session().available_profiles
        near = similar(profile or environ.get("AWS_PROFILE", ""), known) or sorted(known)[:5]
        raise SettingsError(
            f"There is no AWS profile called {profile or environ.get('AWS_PROFILE')!r}. Nothing was called.",
            hint=f"Profiles here: {either(near)}." if near else "No profile is configured on this machine.",
        ) from error
    except BotoCoreError as error:
        raise SettingsError(f"The AWS configuration cannot be used: {error}. Nothing was called.") from error
    return session, session.region_name


def with_text_moments(session: botocore.session.Session) -> botocore.session.Session:
    """The session, in whose replies moments are texts of one spelling, and a reply so is JSON.

    A text costs a twentieth of a datetime, and a list of clusters is full of them.
    """
    session.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=moment_of)
    return session


def moment_of(value: str | float) -> str:
    """A moment as a service spells it, as we do."""
    if isinstance(value, str) and _SPELLED.fullmatch(value):
        return value
    return moment_text(parse_timestamp(value))


@cache
def region_catalog() -> RegionCatalog:
    """All regions that botocore's endpoint data knows; needs no network and no credentials."""
    session = botocore.session.Session()
    partitions = session.get_available_partitions()
    regions = {name: tuple(sorted(session.get_available_regions("ec2", name))) for name in partitions}
    serverless = {
        name: tuple(sorted(session.get_available_regions("redshift-serverless", name))) for name in partitions
    }
    return RegionCatalog(regions=regions, serverless=serverless)


def model_client_config(*, read_timeout_s: float, connect_timeout_s: float) -> Config:
    """Settings of the client behind a Bedrock model. It asks once: whoever calls it decides about another try."""
    return Config(
        read_timeout=read_timeout_s,
        connect_timeout=connect_timeout_s,
        retries={"total_max_attempts": 1},
        user_agent_extra="redshift-migrate",
    )


_SIMULATED = ("simulated", "simulated", None)
"""Access key, secret and token, where it does not matter whose they are."""


class PinnedSession:
    """A session whose every client talks to one endpoint, whatever the environment and the profiles say."""

    def __init__(self, endpoint_url: str, region: str, keys: tuple[str, str, str | None] = _SIMULATED) -> None:
        nowhere = {"profile": _NOT_READ, "config_file": _DEV_NULL, "credentials_file": _DEV_NULL}
        session = with_text_moments(botocore.session.Session(session_vars=nowhere))
        self._session = boto3.Session(*keys, region, botocore_session=session)
        self._endpoint_url = endpoint_url

    @property
    def profile_name(self) -> str:
        """There is none: what the person has configured is not read."""
        return ""

    def client(self, service_name: str, **options: Any) -> Any:
        """A client of that service at the endpoint."""
        return self._session.client(service_name, endpoint_url=self._endpoint_url, **options)


class KeysSession:
    """A session with the credentials of a role; endpoints are those of the environment."""

    def __init__(self, access_key: str, secret: str, token: str) -> None:
        core = with_text_moments(botocore.session.Session())
        self._session = boto3.Session(access_key, secret, token, botocore_session=core)

    @property
    def profile_name(self) -> str:
        """There is none: the credentials are the role's."""
        return ""

    def client(self, service_name: str, **options: Any) -> Any:
        """A client of that service."""
        return self._session.client(service_name, **options)


_SPELLED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_NOT_READ = (None, None, None, None)
_DEV_NULL = (None, None, os.devnull, None)
