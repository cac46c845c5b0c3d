"""What gwh events export writes is read by other tools, and does what it says."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

from forwarding import recorder
from haralyzer import HarParser
from harness import BODIES, DEADLINE
from sending import deliver
from servers import listen
from static import new_secret

# More than fits into one argument of a command.
LARGE = bytes(range(256)) * 2048
HEADERS = [
    (b"Content-Type", b"application/json"),
    (b"X-Trace", b"one"),
    (b"x-trace", b"two"),
    (b"x-bytes", b"caf\xe9 \xff$(id)`id`'\""),
    (b"x-empty", b""),
    (b"Authorization", b"Bearer planted"),
]


def exports_are_what_they_are_called(gwh, report):
    secret = new_secret()
    bodies = {**BODIES, "any bytes": LARGE, "a quote and a file": b"@it's $HOME\r\n"}
    with listen(gwh, "--secret-env", "SECRET", env={"SECRET": secret}) as listener:
        for number, body in enumerate(bodies.values()):
            # The last one has no type, and gets none.
            headers = HEADERS if number + 1 < len(bodies) else HEADERS[1:]
            assert deliver(listener.url, secret, f"msg_{number}", body, headers).status == 200

    with report.check("export: the archive is HAR 1.2 by its schema, and haralyzer reads every request"):
        archive = gwh.ok("events", "export", "--as", "har")
        node = [shutil.which("node"), str(gwh.scratch / "node/archive.cjs")]
        done = subprocess.run(node, input=archive, capture_output=True, timeout=DEADLINE, cwd=gwh.scratch / "node")
        assert done.returncode == 0, done.stderr.decode()
        entries = HarParser(json.loads(archive)).har_data["entries"]
        assert [entry["request"]["bodySize"] for entry in entries] == [len(body) for body in bodies.values()]
        assert entries[0]["request"]["postData"]["text"] == BODIES["an event"].decode()

    with recorder() as (handler, received):
        for number, (name, body) in enumerate(bodies.items()):
            with report.check(f"export: the curl command of {name} runs in sh and sends it byte for byte"):
                script = gwh.ok("events", "export", f"msg_{number}", "--as", "curl", "--to", f"http://{handler}/")
                done = subprocess.run(["sh", "-e"], input=script, capture_output=True, timeout=DEADLINE)
                assert done.returncode == 0, done.stderr.decode()
                path, came, arrived = received.get(timeout=DEADLINE)
                assert path == "/hook?x=1", path
                assert arrived == body, f"{arrived[:200]!r} is not {body[:200]!r}"
                values = [(key.lower(), value) for key, value in came]
                for key, value in HEADERS[1:-1]:
                    assert (key.decode().lower(), value.decode("latin-1")) in values, (key, values)
                assert not any(key == "authorization" for key, _ in values), values
                typed = [value for key, value in values if key == "content-type"]
                assert typed == (["application/json"] if number + 1 < len(bodies) else []), typed

    with report.check("export: what jsonl says is read back as it was, by events import and verify"):
        records = gwh.ok("events", "export")
        gwh.ok("-p", "copy", "events", "import", stdin=records)
        assert gwh.ok("-p", "copy", "events", "export") == records
        verdicts = gwh.ok("verify", "--jsonl", "--secret-env", "SECRET", "--json", stdin=records, env={"SECRET": secret})
        assert [json.loads(line)["valid"] for line in verdicts.splitlines()] == [True] * len(bodies)

    if not shutil.which("sqlite3"):
        return ["the sqlite3 shell reads the store: sqlite3 is not installed"]
    with report.check("store: the sqlite3 shell answers the questions of docs/STORE.md, and finds every body"):
        database = next(Path(os.environ["HOME"]).rglob("profiles/default/deliveries.db"))
        shell = lambda question: subprocess.run(
            ["sqlite3", "-readonly", str(database), question], capture_output=True, timeout=DEADLINE, check=True
        ).stdout
        for question in re.findall(r"```sql\n(.*?)```", Path(os.environ["STORE_DOCUMENT"]).read_text(), re.DOTALL):
            shell(question)
        kept = shell("SELECT hex(body) FROM contents ORDER BY delivery").decode().split("\n")[:-1]
        assert [bytes.fromhex(body) for body in kept] == list(bodies.values())
        assert shell("PRAGMA integrity_check") == b"ok\n"
    return []


CHECKS = [exports_are_what_they_are_called]
