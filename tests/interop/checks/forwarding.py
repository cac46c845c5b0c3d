"""gwh listen --forward-to: a thousand random deliveries arrive at Python's http.server as they were sent."""

import base64
import hashlib
import hmac
import http.client
import queue
import random
import socket
import time
from contextlib import contextmanager
from urllib.parse import urlsplit

from harness import DEADLINE
from servers import listen, python_server
from standardwebhooks import Webhook
from static import new_secret

# So many, each with a body that is text, which the library insists on; and so many of any bytes.
TEXTS, BYTES = 1000, 250
NAME = "abcXYZ019!#$%&'*+-.^_`|~"


@contextmanager
def recorder():
    """A handler that answers 200 and keeps the header list and the body of each request."""
    received = queue.Queue()

    def answer(*request):
        received.put(request)
        return 200

    with python_server(answer) as url:
        yield urlsplit(url).netloc, received


def signature(secret, id, timestamp, body):
    """What the specification says, so that bodies which are no text are signed, too."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    return "v1," + base64.b64encode(hmac.digest(key, f"{id}.{timestamp}.".encode() + body, hashlib.sha256)).decode()


def some_text(source):
    planes = [(0x20, 0x7E), (0xA0, 0x7FF), (0x3040, 0x30FF), (0x1F300, 0x1F64F), (0x00, 0x1F)]
    return "".join(chr(source.randint(*source.choice(planes))) for _ in range(source.randint(0, 800)))


def some_headers(source):
    """Names that repeat, and values of every byte that a value may have."""
    headers = []
    for _ in range(source.randint(0, 20)):
        repeated = source.random() < 0.3
        name = f"X-Repeat-{source.randint(0, 2)}" if repeated else "".join(source.choices(NAME, k=source.randint(1, 12)))
        allowed = [*range(0x21, 0x7F), *range(0xA1, 0x100)]
        value = bytes(source.choices(allowed, k=source.randint(0, 40))).decode("latin-1")
        headers.append((name, value))
    return headers


def arriving(headers, host):
    """What is to arrive: names in lower case, the repeats of one together, nothing of the connection."""
    found = {}
    for name, value in headers:
        name = name.lower()
        if name == "connection":
            continue
        found.setdefault(name, []).append(host if name == "host" else value)
    return [(name, value) for name, values in found.items() for value in values]


def send(connection, headers, body):
    """Writes a request as these bytes, and answers the status."""
    head = "".join(f"{name}: {value}\r\n" for name, value in headers)
    connection.sendall(f"POST / HTTP/1.1\r\n{head}\r\n".encode("latin-1") + body)
    answer = http.client.HTTPResponse(connection, method="POST")
    answer.begin()
    answer.read()
    return answer.status


def random_deliveries_arrive_as_they_were_sent(gwh, report):
    secret = new_secret()
    source = random.Random(20260122)
    with recorder() as (handler, received), listen(
        gwh, "--secret-env", "SECRET", "--forward-to", f"{handler}/hook?x=1", env={"SECRET": secret}
    ) as listener:
        place = urlsplit(listener.url)
        with socket.create_connection((place.hostname, place.port), timeout=DEADLINE) as connection:

            def forwarded(index, body):
                id, timestamp = f"msg_{index}", str(int(time.time()))
                headers = some_headers(source)
                for own in [
                    ("Host", "public.example"),
                    ("Content-Length", str(len(body))),
                    ("Connection", "keep-alive"),
                    ("Webhook-Id", id),
                    ("webhook-timestamp", timestamp),
                    ("WEBHOOK-SIGNATURE", signature(secret, id, timestamp, body)),
                ]:
                    headers.insert(source.randint(0, len(headers)), own)
                assert send(connection, headers, body) == 200, headers
                path, came, arrived = received.get(timeout=DEADLINE)
                assert path == "/hook?x=1", path
                assert arrived == body, f"{index}: {arrived!r} is not {body!r}"
                assert came == arriving(headers, handler), f"{index}: {came} is not {arriving(headers, handler)}"
                record = listener.object("delivery")
                assert [forward["status"] for forward in record["forwards"]] == [200], record
                return dict(came)

            with report.check(f"forward: {TEXTS} random deliveries arrive as sent, and the Python library accepts them"):
                for index in range(TEXTS):
                    body = some_text(source).encode()
                    Webhook(secret).verify(body, forwarded(index, body), json_parse=False)
            with report.check(f"forward: {BYTES} deliveries of any bytes arrive as sent"):
                for index in range(BYTES):
                    forwarded(TEXTS + index, source.randbytes(source.randint(0, 3000)))
        with report.check("forward: listen ends with 0 when it is told to stop"):
            assert listener.stop() == 0


CHECKS = [random_deliveries_arrive_as_they_were_sent]
