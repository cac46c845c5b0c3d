"""Servers on free ports: a Python handler, a Node handler, gwh listen, and a sink that keeps raw bytes."""

import json
import os
import queue
import socket
import subprocess
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from harness import DEADLINE, NODE_SCRIPT
from standardwebhooks import Webhook, WebhookVerificationError


@contextmanager
def python_server(answer):
    """Python's own server: `answer` takes path, headers and body of each POST, and says the status."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = DEADLINE

        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            self.send_response(answer(self.path, self.headers.items(), body))
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def python_handler(secret):
    """A handler as the library's documentation shows it: 200 for what verifies, 400 for the rest."""

    def answer(path, headers, body):
        try:
            Webhook(secret).verify(body, dict(headers))
            return 200
        except (WebhookVerificationError, ValueError):
            return 400

    with python_server(answer) as url:
        yield f"{url}/webhook"


@contextmanager
def node_handler(secret):
    """The same in Node. It ends when its stdin does."""
    child = subprocess.Popen(
        ["node", NODE_SCRIPT, "serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        env={**os.environ, "HANDLER_SECRET": secret},
    )
    try:
        port = json.loads(Lines(child.stdout).next())["port"]
        yield f"http://127.0.0.1:{port}/webhook"
    finally:
        child.stdin.close()
        end(child)


class Lines:
    """The lines of a stream as they come, read on a thread so that waiting has a deadline."""

    def __init__(self, stream):
        self.queue = queue.Queue()
        self.thread = threading.Thread(target=self._read, args=(stream,), daemon=True)
        self.thread.start()

    def _read(self, stream):
        for line in stream:
            self.queue.put(line)
        self.queue.put(None)

    def next(self):
        line = self.queue.get(timeout=DEADLINE)
        assert line is not None, "the stream ended"
        return line


class Listener:
    """A running gwh listen --json."""

    def __init__(self, child):
        self.child = child
        self.lines = Lines(child.stdout)
        self.talk = Lines(child.stderr)
        ready = self.object("ready")
        self.url = ready["url"]

    def object(self, kind):
        """The next JSON line of a type; others are passed over."""
        while True:
            found = json.loads(self.lines.next())
            if found["type"] == kind:
                return found

    def wait(self):
        """Waits until it ends by itself, and answers its exit code."""
        return self.child.wait(timeout=DEADLINE)

    def stop(self):
        """Ends it as a service manager does, and answers its exit code."""
        self.child.terminate()
        return self.wait()


@contextmanager
def listen(gwh, *args, env=None):
    child = gwh.start("listen", "--port", "0", "--json", "--timeout", f"{DEADLINE}s", *args, env=env)
    try:
        yield Listener(child)
    finally:
        end(child)


def end(child):
    """Ends a child that this job started, if it still runs."""
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(timeout=10)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait(timeout=10)


class Sink:
    """Takes one request, keeps its bytes as `nc -l` would, and answers 200."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.socket.settimeout(DEADLINE)
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}/hook?x=1"
        self.dump = b""
        self.thread = threading.Thread(target=self._take, daemon=True)
        self.thread.start()

    def _take(self):
        connection, _ = self.socket.accept()
        with connection:
            connection.settimeout(DEADLINE)
            while not complete(self.dump):
                data = connection.recv(65536)
                if not data:
                    break
                self.dump += data
            connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")

    def bytes(self):
        self.thread.join(timeout=DEADLINE)
        self.socket.close()
        return self.dump


def complete(dump):
    """Whether a whole HTTP/1.1 request is there."""
    head, separator, body = dump.partition(b"\r\n\r\n")
    if not separator:
        return False
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return len(body) >= int(line.split(b":")[1])
        if line.startswith(b"transfer-encoding:"):
            return body.endswith(b"0\r\n\r\n")
    return True
