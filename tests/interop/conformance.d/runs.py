"""Running gwh test against the handlers, and finding what it leaves behind."""

import json
import os
import socket
import subprocess
import time
from pathlib import Path

DEADLINE = 90
# Every process of a run inherits this variable, and so can be found by it.
MARK = "GWH_CONFORMANCE_RUN"


class Gwh:
    """The binary under test."""

    def __init__(self, binary, scratch):
        self.binary = binary
        self.handlers = scratch / "handlers"
        self.runs = 0

    def command(self, handler, *flags):
        """The command line, folder and environment of a run against a handler, which gets a port of its own."""
        self.runs += 1
        port = free_port()
        url = f"http://127.0.0.1:{port}/webhook"
        folder = self.handlers / ("node" if handler["run"].startswith("node ") else "python")
        environment = {**os.environ, "PORT": str(port), MARK: f"{os.getpid()}-{self.runs}"}
        command = [self.binary, "test", url, "--start", handler["run"], "--scheme", handler["scheme"], *flags]
        return {"args": command, "cwd": folder, "env": environment}

    def test(self, handler, *flags):
        """Runs it to its end, and answers how it ended; nothing may be left behind."""
        command = self.command(handler, *flags)
        done = subprocess.run(**command, stdin=subprocess.DEVNULL, capture_output=True, timeout=DEADLINE)
        assert_nothing_left(command["env"][MARK])
        return done

    def report(self, handler, *flags):
        """The report of a run as data, and its exit code."""
        done = self.test(handler, "--format", "json", *flags)
        assert done.returncode in (0, 1), done.stderr.decode(errors="replace")
        return [json.loads(line) for line in done.stdout.splitlines()], done.returncode


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def listens(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True
    except OSError:
        return False


def wait_for(what, condition):
    """Waits until the condition holds; nothing announces what happens in other processes."""
    start = time.monotonic()
    while not condition():
        assert time.monotonic() - start < DEADLINE, f"{what} did not happen in {DEADLINE} seconds"
        time.sleep(0.02)


def left_behind(mark):
    """The command lines of the processes that carry a mark."""
    wanted = f"{MARK}={mark}".encode()
    found = []
    for process in Path("/proc").iterdir():
        if not process.name.isdigit():
            continue
        try:
            if wanted in (process / "environ").read_bytes().split(b"\0"):
                found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        except OSError:
            continue  # it has ended meanwhile
    # A process that has ended and was not waited for has no command line left.
    return [line for line in found if line.strip()]


def assert_nothing_left(mark):
    left = left_behind(mark)
    assert not left, f"left behind: {left}"
