"""What the checks share: running gwh and Node with a deadline, and counting."""

import json
import os
import subprocess
import traceback
from contextlib import contextmanager
from pathlib import Path

# Long, because it only passes when something is broken.
DEADLINE = 60

BODIES = {
    "an event": b'{"type":"batch.succeeded","version":"v1","data":{"id":"batch_1","output_file_uri":"gs://b/r"}}',
    "an indented event": b'{\n  "type": "video.generated",\n  "data": {"id": "v"}\n}\n',
    "text beyond ASCII": '{"name":"Zoë 😀 \u2028","n":1e2,"big":12345678901234567890123,"esc":"\\u00eb"}\r\n'.encode(),
    "no JSON, with a NUL and a BOM": b"\xef\xbb\xbfplain \x00 text\n",
    "nothing": b"",
}


class Report:
    """Counts checks and prints a line for each."""

    def __init__(self):
        self.passed = 0
        self.failed = 0

    @contextmanager
    def check(self, name):
        try:
            yield
        except Exception as error:  # a check that breaks is a check that failed, and the next ones still run
            self.failed += 1
            print(f"FAILED  {name}")
            text = str(error) if isinstance(error, AssertionError) else traceback.format_exc()
            print("".join(f"        {line}\n" for line in text.splitlines()), end="", flush=True)
        else:
            self.passed += 1
            print(f"ok      {name}", flush=True)


class Gwh:
    """The binary under test, and a folder for files."""

    def __init__(self, binary, scratch):
        self.binary = str(binary)
        self.scratch = scratch

    def file(self, name, content):
        path = self.scratch / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return str(path)

    def run(self, *args, stdin=b"", env=None):
        environment = {**os.environ, **(env or {})}
        return subprocess.run(
            [self.binary, *args], input=stdin, env=environment, cwd=self.scratch, capture_output=True, timeout=DEADLINE
        )

    def ok(self, *args, stdin=b"", env=None):
        """Runs a command that has to succeed, and answers its stdout."""
        done = self.run(*args, stdin=stdin, env=env)
        assert done.returncode == 0, explain(args, done)
        return done.stdout

    def sign(self, body, *args, env=None):
        """The headers, by lower-case name, that `gwh sign` makes for a body."""
        record = json.loads(self.ok("sign", "--as", "json", *args, stdin=body, env=env))
        return {name.lower(): value for name, value in record["headers"]}

    def verdict(self, headers, body, *args, env=None):
        """The verdict of `gwh verify --json` on a body and its headers; checks that the exit code agrees."""
        flags = []
        for name, value in headers.items():
            flags += ["-H", f"{name}: {value}"]
        done = self.run("verify", "--json", *flags, *args, stdin=body, env=env)
        assert done.returncode in (0, 1), explain(args, done)
        verdict = json.loads(done.stdout)
        assert verdict["type"] == "verdict", verdict
        assert verdict["valid"] == (done.returncode == 0), explain(args, done)
        return verdict

    def start(self, *args, env=None):
        """Starts a command that serves; the caller ends it."""
        environment = {**os.environ, **(env or {})}
        return subprocess.Popen(
            [self.binary, *args], env=environment, cwd=self.scratch,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )


def explain(args, done):
    """How a command ended, for the line of a failed check."""
    text = [f"gwh {' '.join(args)}: exit {done.returncode}"]
    for stream in (done.stdout, done.stderr):
        text.append((stream or b"").decode(errors="replace").strip())
    return "\n".join(part for part in text if part)


NODE_SCRIPT = str(Path(__file__).resolve().parent.parent / "library.cjs")


def node(command, **request):
    """Asks the Node side for one thing: a request as JSON, an answer as JSON."""
    done = subprocess.run(
        ["node", NODE_SCRIPT, command], input=json.dumps(request).encode(), capture_output=True, timeout=DEADLINE
    )
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    return json.loads(done.stdout)
