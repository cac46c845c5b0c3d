"""Dynamic webhooks: Ed25519 (v1a) as deployed, or an RS256 token as documented, checked with published keys."""

# shown: verify
import base64
import hashlib
import json
import os
import time
import urllib.request
from functools import lru_cache

import jwt
from cryptography.exceptions import InvalidSignature

KEY_SET_URL = os.environ.get("GWH_TEST_JWKS_URL", "https://generativelanguage.googleapis.com/.well-known/jwks.json")
AUDIENCE = os.environ.get("GWH_TEST_AUDIENCE")
TOLERANCE = 300


def verify(body, headers):
    """Whether a published key signed this delivery within five minutes."""
    try:
        headers = {name.lower(): value for name, value in headers.items()}
        webhook_id = headers["webhook-id"]
        timestamp = headers["webhook-timestamp"]
        signature = headers["webhook-signature"]
        if not webhook_id or abs(time.time() - int(timestamp)) > TOLERANCE:
            return False
    except (KeyError, ValueError):
        return False
    if signature.count(".") == 2 and "," not in signature:
        return verify_token(signature, body, webhook_id, timestamp)
    if ", " in signature:
        return False  # two headers that the server has joined
    content = f"{webhook_id}.{timestamp}.".encode() + body
    return any(verify_ed25519(entry, content) for entry in signature.split(" "))


def verify_ed25519(entry, content):
    """Whether an entry of the header is one of the keys' Ed25519 signatures."""
    version, _, signature = entry.partition(",")
    if version != "v1a":
        return False
    # These keys have no kid, so each one is tried.
    for key in keys("OKP"):
        try:
            key.key.verify(base64.b64decode(signature, validate=True), content)
            return True
        except (InvalidSignature, ValueError):
            continue
    return False


def verify_token(token, body, webhook_id, timestamp):
    """Whether a token is genuine, meant for this receiver, and made for this body."""
    try:
        kid = jwt.get_unverified_header(token).get("kid")
        key = next(key for key in keys("RSA") if key.key_id == kid)
        # The algorithm is fixed here. What the token's own header asks for is an attacker's choice.
        claims = decode(token, key)
    except (jwt.InvalidTokenError, StopIteration):
        return False
    return is_tied(claims, body, webhook_id, timestamp)


def decode(token, key):
    options = {"require": ["exp"], "verify_aud": AUDIENCE is not None}
    return jwt.decode(token, key, algorithms=["RS256"], audience=AUDIENCE, leeway=60, options=options)


def is_tied(claims, body, webhook_id, timestamp):
    """Whether the claims prove the body, and not only that Google made some token.

    How Google ties a token to a body is not documented. Two ways are proof: a digest of the body among the
    claims, or claims that are the event itself. A token with neither is refused.
    """
    if claims.get("webhook_id", webhook_id) != webhook_id or claims.get("webhook_timestamp", timestamp) != timestamp:
        return False
    if "body_sha256" in claims:
        return claims["body_sha256"] == hashlib.sha256(body).hexdigest()
    try:
        event = json.loads(body)
    except ValueError:
        return False
    return isinstance(event, dict) and bool(event) and all(claims.get(name) == event[name] for name in event)


def keys(kind):
    return [key for key in key_set(time.time() // TOLERANCE) if key.key_type == kind]


@lru_cache(maxsize=1)
def key_set(period):
    """The published keys; fetched again in each period of five minutes, since they rotate."""
    with urllib.request.urlopen(KEY_SET_URL, timeout=5) as answer:
        return jwt.PyJWKSet.from_dict(json.load(answer)).keys
# end
