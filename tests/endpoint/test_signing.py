"""Requests to a Function URL carry a signature over everything that matters, in the region that the URL names."""

from __future__ import annotations

import hashlib

import pytest

from redshift_migrate.aws.session import open_session
from redshift_migrate.aws.signing import RequestSigner
from redshift_migrate.errors import CredentialsProblem, SettingsError

HOST = "abcdefgh.lambda-url.eu-central-1.on.aws"
URL = f"https://{HOST}/invocations"
HEADERS = {"Content-Type": "application/json", "Host": HOST}


def test_the_signature_is_for_lambda_in_the_region_of_the_url(aws_env: dict[str, str]) -> None:
    session, _ = open_session(region="us-east-2")
    body = b'{"prompt": "hello"}'

    signed = RequestSigner(session, HOST).headers("POST", URL, HEADERS, body)

    scope = f"Credential={aws_env['AWS_ACCESS_KEY_ID']}/{signed['X-Amz-Date'][:8]}/eu-central-1/lambda/aws4_request"
    assert scope in signed["Authorization"]
    assert "SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date" in signed["Authorization"]
    assert signed["X-Amz-Content-SHA256"] == hashlib.sha256(body).hexdigest()
    other = RequestSigner(session, HOST).headers("POST", URL, HEADERS, body + b" ")
    assert other["Authorization"] != signed["Authorization"]


def test_without_credentials_or_region_nothing_is_sent(
    monkeypatch: pytest.MonkeyPatch, aws_env: dict[str, str]
) -> None:
    for name in aws_env:
        if name.endswith(("KEY_ID", "ACCESS_KEY")):
            monkeypatch.delenv(name)
    session, _ = open_session(region="us-east-2")
    with pytest.raises(CredentialsProblem):
        RequestSigner(session, HOST).headers("POST", URL, HEADERS, b"")

    nowhere, _ = open_session()
    with pytest.raises(SettingsError):
        RequestSigner(nowhere, "agent.example.com")
