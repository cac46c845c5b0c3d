"""Static webhooks: v1 signatures, both ways, with the standardwebhooks libraries of Python and Node."""

import base64
import os
import time
from datetime import datetime, timezone

from harness import BODIES, node
from standardwebhooks import Webhook, WebhookVerificationError


def new_secret(length=32):
    return "whsec_" + base64.b64encode(os.urandom(length)).decode()


def python_accepts(secret, headers, body):
    try:
        Webhook(secret).verify(body, headers, json_parse=False)
        return True
    except WebhookVerificationError:
        return False


def node_accepts(secret, headers, body):
    return node("verify", secret=secret, headers=headers, body_b64=base64.b64encode(body).decode())


def python_signs(secret, id, timestamp, body):
    return Webhook(secret).sign(id, datetime.fromtimestamp(timestamp, tz=timezone.utc), body.decode())


def node_signs(secret, id, timestamp, body):
    return node("sign", secret=secret, id=id, timestamp=timestamp, body_b64=base64.b64encode(body).decode())


LIBRARIES = {"Python": (python_accepts, python_signs), "Node": (node_accepts, node_signs)}


def ours_is_accepted(gwh, report):
    secret = new_secret()
    for what, body in BODIES.items():
        headers = gwh.sign(body, "--secret-env", "SECRET", env={"SECRET": secret})
        for name, (accepts, _) in LIBRARIES.items():
            with report.check(f"v1: {name} accepts what gwh signed: {what}"):
                assert accepts(secret, headers, body), headers
            with report.check(f"v1: {name} refuses it with another body: {what}"):
                assert not accepts(secret, headers, body + b" "), headers


def a_rotation_is_accepted_with_either_secret(gwh, report):
    old, new = new_secret(), new_secret()
    body = BODIES["an event"]
    file = gwh.file("rotation", f"{new}\n{old}\n")
    headers = gwh.sign(body, "--secret-file", file)
    assert headers["webhook-signature"].count("v1,") == 2, headers
    for name, (accepts, _) in LIBRARIES.items():
        for age, secret in (("old", old), ("new", new)):
            with report.check(f"v1: {name} accepts a rotation with the {age} secret"):
                assert accepts(secret, headers, body), headers
        with report.check(f"v1: {name} refuses a rotation with a third secret"):
            assert not accepts(new_secret(), headers, body), headers


def theirs_is_accepted(gwh, report):
    secret = new_secret()
    timestamp = int(time.time())
    for what, body in BODIES.items():
        for name, (_, signs) in LIBRARIES.items():
            with report.check(f"v1: gwh accepts what {name} signed: {what}"):
                signature = signs(secret, "msg_interop", timestamp, body)
                headers = delivery("msg_interop", timestamp, signature)
                verdict = gwh.verdict(headers, body, "--secret-env", "SECRET", env={"SECRET": secret})
                assert verdict["valid"] and verdict["scheme"] == "v1", verdict
                other = gwh.verdict(headers, body + b" ", "--secret-env", "SECRET", env={"SECRET": secret})
                assert other["reason"] == "signature_mismatch", other


def secrets_of_any_length_mean_the_same(gwh, report):
    body = BODIES["an event"]
    for length in (1, 16, 24, 64, 65, 200):
        secret = new_secret(length)
        for name, (accepts, _) in LIBRARIES.items():
            with report.check(f"v1: a secret of {length} bytes means the same to gwh and {name}"):
                for text in (secret, secret.removeprefix("whsec_")):
                    headers = gwh.sign(body, "--secret-env", "SECRET", env={"SECRET": text})
                    assert accepts(secret, headers, body), headers


def delivery(id, timestamp, signature):
    return {"webhook-id": id, "webhook-timestamp": str(timestamp), "webhook-signature": signature}


CHECKS = [
    ours_is_accepted,
    a_rotation_is_accepted_with_either_secret,
    theirs_is_accepted,
    secrets_of_any_length_mean_the_same,
]
