"""A disk that is full and one that may not be written: nothing is acknowledged that is not kept."""

import json
import os
import shutil
import subprocess
from pathlib import Path

from harness import DEADLINE
from sending import deliver
from servers import listen
from static import new_secret

BODY = 60_000


def kept(gwh, env):
    """The bodies in the store, by id, as the export has them."""
    import base64

    lines = gwh.ok("events", "export", env=env).splitlines()
    return {record["webhook_id"]: base64.b64decode(record["body_b64"]) for record in map(json.loads, lines)}


def a_full_disk(gwh, report):
    if not os.environ["DISK"]:
        return ["a full disk and a read-only one: neither mount nor unshare -rm may mount here"]
    disk = Path(os.environ["DISK"])
    secret = new_secret()
    env = {"SECRET": secret, "GWH_DATA_DIR": str(disk / "data")}
    ballast = disk / "ballast"
    ballast.write_bytes(bytes(2_000_000))
    acknowledged = {}

    def send(listener, id):
        body = os.urandom(BODY)
        answer = deliver(listener.url, secret, id, body)
        if answer.status == 200:
            acknowledged[id] = body
        return answer

    with listen(gwh, "--secret-env", "SECRET", env=env) as listener:
        with report.check("disk: a full one is answered with 503 and Retry-After, and the reason is said"):
            answers = (send(listener, f"msg_{number}") for number in range(200))
            refused = next(answer for answer in answers if answer.status != 200)
            assert (refused.status, refused.text) == (503, '{"error":"not_stored"}'), (refused.status, refused.text)
            assert refused.headers["retry-after"] == "5", refused.headers.items()
            said = listener.talk.next().decode()
            assert "is full" in said and "answering 503 until" in said, said
            assert acknowledged, "some were kept before"
        with report.check("disk: every delivery that got 200 is there while the disk is full"):
            assert kept(gwh, env) == acknowledged
        with report.check("disk: prune says that it needs room, too"):
            done = gwh.run("events", "prune", "--all", "--yes", env=env)
            assert done.returncode in (0, 3), done
            if done.returncode == 3:
                assert b"deleting needs some room, too" in done.stderr, done.stderr
            else:
                acknowledged.clear()
        with report.check("disk: listen goes on by itself once there is room"):
            ballast.unlink()
            assert send(listener, "msg_again").status == 200
        with report.check("disk: listen ends with 0 when it is told to stop"):
            assert listener.stop() == 0
    with report.check("disk: every delivery that got 200 is there afterwards, byte for byte"):
        assert kept(gwh, env) == acknowledged

    with report.check("disk: on a read-only one, listen does not start, and names the file and --no-store"):
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True, timeout=DEADLINE)
        try:
            refuses(gwh.run("listen", "--port", "0", "--timeout", "0s", env=env))
            done = gwh.run("listen", "--port", "0", "--timeout", "0s", "--no-store", "--secret-env", "SECRET", env=env)
            assert done.returncode == 0, done
        finally:
            subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True, timeout=DEADLINE)
    return []


def refuses(done):
    assert done.returncode == 3, done
    assert b"deliveries.db" in done.stderr and b"--no-store" in done.stderr, done.stderr


def a_folder_that_may_not_be_written(gwh, report):
    folder = gwh.scratch / "closed"
    folder.mkdir(mode=0o755)
    command = [gwh.binary, "listen", "--port", "0", "--timeout", "0s"]
    if os.geteuid() == 0 and not in_namespace():
        # Modes do not hold root back.
        if not shutil.which("setpriv"):
            return ["a folder without write permission: setpriv is not installed"]
        command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *command]
        os.chown(folder, 65534, 65534)
    elif os.geteuid() == 0:
        return ["a folder without write permission: root of a user namespace is not held back by modes"]
    folder.chmod(0o555)
    with report.check("disk: in a folder that may not be written, listen does not start"):
        env = {**os.environ, "GWH_DATA_DIR": str(folder), "HOME": "/nonexistent", "GWH_SECRET_STORE": "file",
               "WEBHOOK_SIGNING_SECRET": new_secret()}
        refuses(subprocess.run(command, env=env, cwd="/", capture_output=True, timeout=DEADLINE))
    folder.chmod(0o755)
    return []


def in_namespace():
    """Whether root is root of a user namespace alone."""
    return Path("/proc/self/uid_map").read_text().split()[2] == "1"


CHECKS = [a_full_disk, a_folder_that_may_not_be_written]
