"""gwh test --start leaves no process behind, however it ends."""

import os
import signal
import subprocess

from runs import DEADLINE, MARK, assert_nothing_left, left_behind, listens, wait_for

SLOW = {"run": "python -m broken.blocks_ten_seconds", "scheme": "v1"}
STUBBORN = {"run": "python -m broken.ignores_sigterm", "scheme": "v1"}
# A shell between gwh and the handler, as npm start has it.
WRAPPED = {"run": "sh -c 'python -m broken.by_hand & wait'", "scheme": "v1"}
NEVER = {"run": "sleep 600", "scheme": "v1"}


def check(gwh, report):
    with report.check("processes: a handler behind a shell is ended"):
        done = gwh.test(WRAPPED)
        assert done.returncode == 0, done.stderr.decode(errors="replace")
    with report.check("processes: a handler that ignores SIGTERM is ended, with its child"):
        done = gwh.test(STUBBORN)
        assert done.returncode == 0, done.stderr.decode(errors="replace")
    for name, handler in (("slow", SLOW), ("stubborn", STUBBORN)):
        for who, to_group in (("gwh alone", False), ("the whole foreground group, as Ctrl-C does", True)):
            with report.check(f"processes: SIGINT to {who} ends a {name} handler"):
                interrupt(gwh, handler, signal.SIGINT, to_group)
    with report.check("processes: SIGTERM to gwh ends the handler"):
        interrupt(gwh, SLOW, signal.SIGTERM, False)
    with report.check("processes: SIGINT while the handler is waited for ends it"):
        interrupt(gwh, NEVER, signal.SIGINT, False, awaits_port=False)


def interrupt(gwh, handler, number, to_group, awaits_port=True):
    command = gwh.command(handler)
    port, mark = int(command["env"]["PORT"]), command["env"][MARK]
    child = subprocess.Popen(
        **command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
    try:
        # gwh, the shell or what it became, and the handler.
        wait_for("the start", lambda: listens(port) if awaits_port else len(left_behind(mark)) > 1)
        if to_group:
            os.killpg(child.pid, number)
        else:
            child.send_signal(number)
        _, talk = child.communicate(timeout=DEADLINE)
    finally:
        if child.poll() is None:
            child.kill()
            child.communicate()
    assert child.returncode == 130, (child.returncode, talk.decode(errors="replace"))
    assert_nothing_left(mark)
