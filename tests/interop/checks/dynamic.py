"""Dynamic webhooks: v1a with PyCA's Ed25519, and RS256 tokens with PyJWT, both ways."""

import base64
import hashlib
import json
import os
import time

import jwt
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from harness import BODIES
from jwt.algorithms import RSAAlgorithm
from static import delivery

AUDIENCE = "interop-project"


def local_keys(gwh):
    return json.loads(gwh.ok("keys", "jwks"))["keys"]


def b64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def signed_content(headers, body):
    return f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body


def ed25519_jwk(key):
    raw = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return {"kty": "OKP", "crv": "Ed25519", "x": b64url(raw), "alg": "EdDSA", "use": "sig"}


def ed25519_accepts(public, headers, body):
    version, signature = headers["webhook-signature"].split(",")
    assert version == "v1a", headers
    try:
        public.verify(base64.b64decode(signature, validate=True), signed_content(headers, body))
        return True
    except InvalidSignature:
        return False


def our_ed25519_is_accepted(gwh, report):
    [key] = [key for key in local_keys(gwh) if key["kty"] == "OKP"]
    local = Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(key["x"] + "="))
    seed = os.urandom(32)
    own = Ed25519PrivateKey.from_private_bytes(seed).public_key()
    file = gwh.file("ed25519", "whsk_" + base64.b64encode(seed).decode())
    for what, body in BODIES.items():
        with report.check(f"v1a: PyCA accepts what gwh signed with its test key: {what}"):
            headers = gwh.sign(body, "--scheme", "v1a")
            assert ed25519_accepts(local, headers, body), headers
            assert not ed25519_accepts(local, headers, body + b" "), headers
        with report.check(f"v1a: PyCA accepts what gwh signed with a key of our own: {what}"):
            headers = gwh.sign(body, "--scheme", "v1a", "--secret-file", file)
            assert ed25519_accepts(own, headers, body), headers
            assert not ed25519_accepts(local, headers, body), headers


def their_ed25519_is_accepted(gwh, report):
    first, second, stranger = (Ed25519PrivateKey.generate() for _ in range(3))
    # As the service publishes them: several keys, none with a kid.
    jwks = gwh.file("ed25519.json", json.dumps({"keys": [ed25519_jwk(first), ed25519_jwk(second)]}))
    now = int(time.time())
    for what, body in BODIES.items():
        for name, key, accepted in (("first", first, True), ("second", second, True), ("no", stranger, False)):
            verb = "accepts" if accepted else "refuses"
            with report.check(f"v1a: gwh {verb} what PyCA signed with {name} key of the set: {what}"):
                headers = delivery("msg_interop", now, "")
                signature = base64.b64encode(key.sign(signed_content(headers, body))).decode()
                headers["webhook-signature"] = f"v1a,{signature}"
                verdict = gwh.verdict(headers, body, "--jwks", jwks)
                assert verdict["valid"] == accepted and verdict["scheme"] == "v1a", verdict


def our_token_is_accepted(gwh, report):
    gwh.ok("sign", "--scheme", "jwt", stdin=b"{}")
    keys = jwt.PyJWKSet.from_dict({"keys": [key for key in local_keys(gwh) if key["kty"] == "RSA"]})
    for what, body in BODIES.items():
        with report.check(f"jwt: PyJWT accepts what gwh signed: {what}"):
            token = gwh.sign(body, "--scheme", "jwt", "--audience", AUDIENCE)["webhook-signature"]
            key = keys[jwt.get_unverified_header(token)["kid"]]
            claims = jwt.decode(token, key, algorithms=["RS256"], audience=AUDIENCE)
            assert hashlib.sha256(body).hexdigest() in claims.values(), claims
    with report.check("jwt: PyJWT refuses it for another audience"):
        try:
            jwt.decode(token, key, algorithms=["RS256"], audience="somebody-else")
        except jwt.InvalidAudienceError:
            pass
        else:
            raise AssertionError("the audience was not checked")
    with report.check("jwt: PyJWT accepts what gwh signed with a key of our own"):
        private, _ = rsa_key(gwh, "own")
        pem = private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        file = gwh.file("own.pem", pem)
        token = gwh.sign(b"{}", "--scheme", "jwt", "--secret-file", file)["webhook-signature"]
        jwt.decode(token, private.public_key(), algorithms=["RS256"])


def rsa_key(gwh, kid):
    """A private key, and a file with the set that publishes it under a kid."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    jwk = {**json.loads(RSAAlgorithm.to_jwk(private.public_key())), "kid": kid, "use": "sig", "alg": "RS256"}
    return private, gwh.file(f"{kid}.json", json.dumps({"keys": [jwk]}))


def their_token_is_judged(gwh, report):
    private, jwks = rsa_key(gwh, "theirs")
    stranger, _ = rsa_key(gwh, "stranger")
    body = BODIES["an event"]
    now = int(time.time())
    registered = {"iss": "interop", "iat": now, "exp": now + 300, "aud": AUDIENCE}
    event = {**json.loads(body), **registered}
    digest = {**registered, "body_sha256": hashlib.sha256(body).hexdigest()}
    other = {**registered, "body_sha256": hashlib.sha256(b"another body").hexdigest()}
    expired = {**event, "iat": now - 4000, "exp": now - 3600}

    def judged(claims, key=private, kid="theirs", algorithm="RS256", audience=AUDIENCE):
        token = jwt.encode(claims, key, algorithm=algorithm, headers={"kid": kid})
        headers = delivery("msg_interop", now, token)
        return gwh.verdict(headers, body, "--jwks", jwks, "--audience", audience)

    accepted = [("the claims are the event", event, "claims"), ("the claims carry a digest", digest, "digest"),
                ("nothing ties them to the body", registered, "none")]
    for what, claims, binding in accepted:
        with report.check(f"jwt: gwh accepts what PyJWT signed: {what}"):
            verdict = judged(claims)
            assert verdict["valid"] and verdict["binding"] == binding, verdict
    refused = [
        ("of another body's digest", "signature_mismatch", lambda: judged(other)),
        ("for another audience", "audience_mismatch", lambda: judged(event, audience="somebody-else")),
        ("that has expired", "token_expired", lambda: judged(expired)),
        ("of a stranger's key under a known kid", "signature_mismatch", lambda: judged(event, key=stranger)),
        ("of an unknown kid", "unknown_key", lambda: judged(event, key=stranger, kid="stranger")),
        ("with RS512", "algorithm_not_allowed", lambda: judged(event, algorithm="RS512")),
        ("with HS256", "algorithm_not_allowed", lambda: judged(event, key="x" * 64, algorithm="HS256")),
        ("with none", "algorithm_not_allowed", lambda: judged(event, key=None, algorithm="none")),
    ]
    for what, reason, judge in refused:
        with report.check(f"jwt: gwh refuses a token {what}"):
            verdict = judge()
            assert not verdict["valid"] and verdict["reason"] == reason, verdict


CHECKS = [our_ed25519_is_accepted, their_ed25519_is_accepted, our_token_is_accepted, their_token_is_judged]
