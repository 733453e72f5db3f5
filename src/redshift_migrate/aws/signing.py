"""Signs requests to a deployed endpoint with the caller's credentials (Signature Version 4)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

import boto3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import BotoCoreError

from redshift_migrate.errors import CredentialsProblem, SettingsError

_FUNCTION_URL = re.compile(r"[a-z0-9]+\.lambda-url\.(?P<region>[a-z0-9-]+)\.on\.aws")


class RequestSigner:
    """Makes the headers by which the Function URL knows who asks. Credentials are refreshed as they run out."""

    def __init__(self, session: boto3.Session, host: str) -> None:
        found = _FUNCTION_URL.fullmatch(host.lower())
        region = found["region"] if found else session.region_name
        if not region:
            raise SettingsError(
                f"The region of {host} cannot be told from its name. Nothing was called.", hint="Name it: --region R."
            )
        self._session, self._region = session, region

    def headers(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> dict[str, str]:
        """The headers of the request, its signature among them. CredentialsProblem when there is nobody to sign."""
        request = AWSRequest(method, url, data=body, headers=dict(headers))
        request.headers["X-Amz-Content-SHA256"] = hashlib.sha256(body).hexdigest()
        try:
            credentials = self._session.get_credentials()
            if credentials is None:
                raise CredentialsProblem(
                    "There are no AWS credentials to sign the request with. Nothing was sent.",
                    hint="Set them up as for the AWS CLI: aws configure, aws sso login, or --profile.",
                )
            SigV4Auth(credentials, "lambda", self._region).add_auth(request)
        except BotoCoreError as error:
            raise CredentialsProblem(f"The AWS credentials cannot be used: {error}. Nothing was sent.") from error
        return dict(request.headers.items())
