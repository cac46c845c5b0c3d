"""Deliveries of any bytes, signed by hand, as a sender would post them."""

import http.client
import socket
import time
from urllib.parse import urlsplit

from forwarding import signature
from harness import DEADLINE


def deliver(url, secret, id, body, headers=(), timestamp=None):
    """Posts a delivery with these further headers, bytes each, and answers the response with its body in `.text`."""
    place = urlsplit(url)
    timestamp = str(timestamp or int(time.time()))
    head = [
        (b"Host", b"public.example"),
        (b"Content-Length", str(len(body)).encode()),
        (b"webhook-id", id.encode()),
        (b"webhook-timestamp", timestamp.encode()),
        (b"webhook-signature", signature(secret, id, timestamp, body).encode()),
        *headers,
    ]
    lines = b"".join(name + b": " + value + b"\r\n" for name, value in head)
    with socket.create_connection((place.hostname, place.port), timeout=DEADLINE) as connection:
        connection.sendall(b"POST /hook?x=1 HTTP/1.1\r\n" + lines + b"\r\n" + body)
        answer = http.client.HTTPResponse(connection, method="POST")
        answer.begin()
        answer.text = answer.read().decode()
        return answer
