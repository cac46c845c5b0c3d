"""Over HTTP: gwh trigger to real handlers, real senders to gwh listen, and requests as bytes."""

import base64
import http.client
import json
import subprocess
import time
from urllib.parse import urlsplit

from harness import BODIES, DEADLINE, explain, node
from servers import Sink, listen, node_handler, python_handler
from static import new_secret, python_signs

EVENTS = [
    "batch.succeeded", "batch.failed", "batch.expired", "batch.cancelled", "interaction.completed",
    "interaction.requires_action", "interaction.failed", "interaction.cancelled", "video.generated",
]
CORRUPTIONS = ["body", "signature", "secret", "timestamp", "id", "header"]
BODY = BODIES["an event"]


def handlers_judge_what_trigger_sends(gwh, report):
    for name, handler in (("Python", python_handler), ("Node", node_handler)):
        secret = gwh.ok("secrets", "get", "local").decode().strip()
        with handler(secret) as url:
            for event in EVENTS:
                with report.check(f"trigger: the {name} handler accepts {event}"):
                    gwh.ok("trigger", event, "--to", url)
            for corruption in CORRUPTIONS:
                with report.check(f"trigger: the {name} handler refuses --corrupt {corruption}"):
                    done = gwh.run("trigger", "batch.succeeded", "--to", url, "--corrupt", corruption)
                    assert done.returncode == 1, explain(["trigger"], done)
            with report.check(f"trigger: the {name} handler accepts fifty in a row, with metadata"):
                gwh.ok("trigger", "video.generated", "--to", url, "--count", "50", "--user-metadata", "job=é 😀")
        old = new_secret()
        rotation = gwh.file("trigger-rotation", f"{new_secret()}\n{old}\n")
        with handler(old) as url, report.check(f"trigger: the {name} handler accepts a rotation"):
            gwh.ok("trigger", "batch.succeeded", "--to", url, "--secret-file", rotation)


def python_sends(url, secret, body, id):
    """Posts a delivery signed with the Python library, and answers the status."""
    timestamp = int(time.time())
    target = urlsplit(url)
    connection = http.client.HTTPConnection(target.hostname, target.port, timeout=DEADLINE)
    headers = {
        "content-type": "application/json",
        "webhook-id": id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": python_signs(secret, id, timestamp, body),
    }
    connection.request("POST", target.path or "/", body=body, headers=headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


def node_sends(url, secret, body, id, chunked=False):
    encoded = base64.b64encode(body).decode()
    return node("send", url=url, secret=secret, id=id, timestamp=int(time.time()), body_b64=encoded, chunked=chunked)


def listen_judges_what_libraries_send(gwh, report):
    secret = new_secret()
    env = {"SECRET": secret}
    with listen(gwh, "--secret-env", "SECRET", env=env) as listener:
        senders = [
            ("Python", python_sends),
            ("Node", node_sends),
            ("Node, chunked,", lambda *args: node_sends(*args, chunked=True)),
        ]
        for index, (name, send) in enumerate(senders):
            for what, body in BODIES.items():
                id = f"msg_{index}_{what.replace(' ', '_')}"
                with report.check(f"listen: accepts what {name} sends: {what}"):
                    assert send(listener.url, secret, body, id) == 200
                    record = listener.object("delivery")
                    assert record["webhook_id"] == id and record["verdict"]["valid"], record
                    assert base64.b64decode(record["body_b64"]) == body, record
            with report.check(f"listen: refuses what {name} signs with another secret"):
                assert send(listener.url, new_secret(), BODY, f"msg_{index}_forged") == 401
                record = listener.object("delivery")
                assert record["verdict"]["reason"] == "signature_mismatch", record
        with report.check("listen: ends with 0 when it is told to stop"):
            assert listener.stop() == 0
    with report.check("listen: --count ends it by itself"):
        with listen(gwh, "--secret-env", "SECRET", "--count", "2", env=env) as listener:
            for number in range(2):
                assert python_sends(listener.url, secret, BODY, f"msg_{number}") == 200
            assert listener.wait() == 0


def a_curl_command_is_accepted(gwh, report):
    for what, body in BODIES.items():
        for scheme in ("v1", "v1a", "jwt"):
            with report.check(f"sign --as curl: sh sends it and listen accepts it: {scheme}, {what}"):
                with listen(gwh, "--count", "1") as listener:
                    command = gwh.ok("sign", "--as", "curl", "--scheme", scheme, "--to", listener.url, stdin=body)
                    sent = subprocess.run(["sh"], input=command, capture_output=True, timeout=DEADLINE)
                    assert sent.returncode == 0, sent.stderr.decode(errors="replace")
                    record = listener.object("delivery")
                    assert record["response"]["status"] == 200 and record["verdict"]["valid"], record
                    assert base64.b64decode(record["body_b64"]) == body, record


def a_dumped_request_verifies(gwh, report):
    secret = new_secret()
    env = {"SECRET": secret}

    def verifies(dump):
        done = gwh.run("verify", "--json", "--secret-env", "SECRET", stdin=dump, env=env)
        assert done.returncode == 0, explain(["verify"], done) + f"\n{dump!r}"
        assert json.loads(done.stdout)["valid"]

    with report.check("verify: a dump of what trigger sends"):
        sink = Sink()
        gwh.ok("trigger", "batch.succeeded", "--to", sink.url, "--secret-env", "SECRET", env=env)
        dump = sink.bytes()
        verifies(dump)
    with report.check("verify: the same dump with LF line ends"):
        head, _, body = dump.partition(b"\r\n\r\n")
        verifies(head.replace(b"\r\n", b"\n") + b"\n\n" + body)
    for name, send in (("Python", python_sends), ("Node", node_sends)):
        with report.check(f"verify: a dump of what {name} sends"):
            sink = Sink()
            assert send(sink.url, secret, BODY, "msg_dump") == 200
            verifies(sink.bytes())
    with report.check("verify: a dump of a chunked body"):
        sink = Sink()
        assert node_sends(sink.url, secret, BODY, "msg_dump", chunked=True) == 200
        verifies(sink.bytes())


CHECKS = [
    handlers_judge_what_trigger_sends,
    listen_judges_what_libraries_send,
    a_curl_command_is_accepted,
    a_dumped_request_verifies,
]
