"""Between Lambda and the app: a Function URL's event becomes a request, as the Lambda Web Adapter makes it."""

from __future__ import annotations

import base64
import json
from typing import Any

import httpx


def event(
    method: str,
    path: str,
    *,
    who: str = "",
    body: str | None = None,
    headers: dict[str, str] | None = None,
    query: str = "",
) -> dict[str, Any]:
    """A Function URL's event (payload format 2.0) for a caller whom Lambda has authenticated, or for nobody."""
    context: dict[str, Any] = {
        "accountId": "123456789012",
        "apiId": "abcdefgh",
        "domainName": "abcdefgh.lambda-url.us-east-2.on.aws",
        "domainPrefix": "abcdefgh",
        "http": {
            "method": method,
            "path": path,
            "protocol": "HTTP/1.1",
            "sourceIp": "203.0.113.7",
            "userAgent": "redshift-migrate",
        },
        "requestId": "8f2c1a34-0000-4000-8000-0123456789ab",
        "routeKey": "$default",
        "stage": "$default",
        "time": "23/Nov/2026:15:00:00 +0000",
        "timeEpoch": 1795446000000,
    }
    if who:
        account = who.split(":")[4]
        context["authorizer"] = {
            "iam": {
                "accessKey": "ASIAEXAMPLE",
                "accountId": account,
                "callerId": "AROAEXAMPLE:ana",
                "cognitoIdentity": None,
                "principalOrgId": None,
                "userArn": who,
                "userId": "AROAEXAMPLE:ana",
            }
        }
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": {"content-type": "application/json", "host": context["domainName"], **(headers or {})},
        "requestContext": context,
        "body": base64.b64encode(body.encode()).decode() if body is not None else None,
        "isBase64Encoded": body is not None,
    }


def request_of(event: dict[str, Any], base_url: str) -> httpx.Request:
    """The request that the adapter sends to the app. Its own headers go over whatever the caller sent by that name."""
    body = base64.b64decode(event["body"]) if event["body"] else b""
    headers = {
        **event["headers"],
        "x-amzn-request-context": json.dumps(event["requestContext"]),
        "x-amzn-lambda-context": json.dumps({"request_id": event["requestContext"]["requestId"]}),
    }
    query = f"?{event['rawQueryString']}" if event["rawQueryString"] else ""
    return httpx.Request(
        event["requestContext"]["http"]["method"], f"{base_url}{event['rawPath']}{query}", headers=headers, content=body
    )
