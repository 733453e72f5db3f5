"""Where a request means: an ARN is the thing that it names, a city the region there, an account must be ours."""

from __future__ import annotations

import re

from redshift_migrate.offline.history import History
from redshift_migrate.offline.meaning import NotUnderstood

CITIES = {
    "virginia": "us-east-1",
    "n. virginia": "us-east-1",
    "northern virginia": "us-east-1",
    "ohio": "us-east-2",
    "northern california": "us-west-1",
    "n. california": "us-west-1",
    "oregon": "us-west-2",
    "montreal": "ca-central-1",
    "calgary": "ca-west-1",
    "sao paulo": "sa-east-1",
    "são paulo": "sa-east-1",
    "ireland": "eu-west-1",
    "dublin": "eu-west-1",
    "london": "eu-west-2",
    "paris": "eu-west-3",
    "frankfurt": "eu-central-1",
    "zurich": "eu-central-2",
    "stockholm": "eu-north-1",
    "milan": "eu-south-1",
    "spain": "eu-south-2",
    "mumbai": "ap-south-1",
    "hyderabad": "ap-south-2",
    "singapore": "ap-southeast-1",
    "sydney": "ap-southeast-2",
    "jakarta": "ap-southeast-3",
    "melbourne": "ap-southeast-4",
    "tokyo": "ap-northeast-1",
    "seoul": "ap-northeast-2",
    "osaka": "ap-northeast-3",
    "hong kong": "ap-east-1",
    "cape town": "af-south-1",
    "bahrain": "me-south-1",
    "uae": "me-central-1",
    "tel aviv": "il-central-1",
}
"""Source: the descriptions of the regions in botocore's endpoint data, and what people call them besides."""

_CITY = re.compile(rf"\b(in|to|into|from|at) (?:the )?({'|'.join(map(re.escape, CITIES))})(?![\w-])", re.IGNORECASE)
_PLACE = re.compile(r"\b(?:in|from|at) (?:the )?(?!Redshift|Serverless|AWS|Amazon|RPU)([A-Z][a-zà-ÿ]+)\b")
_CLUSTER_ARN = re.compile(r"arn:aws[\w-]*:redshift:([a-z0-9-]+):(\d{12}):cluster:([a-z0-9-]+)", re.IGNORECASE)
_ID_ARN = re.compile(r"arn:aws[\w-]*:redshift(?:-serverless)?:[a-z0-9-]+:\d{12}:(namespace|workgroup)[:/]\S+")
_ACCOUNT = re.compile(
    r"(?:,? ?\b(?:in|of|from|for|on))?(?: (?:the|aws))* ?\baccount (?:number |id )?(\d{12})\b", re.IGNORECASE
)
_PROFILE = re.compile(r"\b(?:profile|role) [\w+=,.@/:-]+", re.IGNORECASE)


def settle_places(text: str, history: History) -> str | NotUnderstood:
    """The text with its places as the rules know them; or why one of them cannot be used."""
    accounts = [found[2] for found in _CLUSTER_ARN.finditer(text)] + _ACCOUNT.findall(text)
    if strange := next((each for each in accounts if each != history.account), None):
        ours = f"the account of this run ({history.account})" if history.account else "the account of this run"
        return NotUnderstood(text, f"it means account {strange}, and I work in {ours} alone: start with --profile")
    if found := _ID_ARN.search(text):
        return NotUnderstood(text, f"that ARN names a {found[1]} by its id; say its name")
    if found := _PROFILE.search(text):
        return NotUnderstood(text, f"a profile or role is chosen at the start, with --profile, not here: {found[0]}")
    placed = _ACCOUNT.sub("", _CLUSTER_ARN.sub(r"cluster \3 in \1", text))
    placed = _CITY.sub(lambda city: f"{city[1]} {CITIES[city[2].lower()]}", placed)
    if found := _PLACE.search(placed):
        return NotUnderstood(text, f"I do not know the region {found[1]}; write it as in us-east-2")
    return placed
