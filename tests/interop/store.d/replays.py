"""What gwh replay sends is judged by the standardwebhooks library, which allows five minutes."""

import json
import time

from harness import BODIES
from sending import deliver
from servers import listen, python_handler
from static import new_secret

HOUR = 3600


def replays_verify_and_old_originals_do_not(gwh, report):
    secret = new_secret()
    env = {"SECRET": secret}
    texts = {name: body for name, body in BODIES.items() if body.startswith(b"{")}
    listening = ["-p", "replays", "--secret-env", "SECRET"]
    with listen(gwh, *listening, env=env) as listener:
        for number, body in enumerate(texts.values()):
            assert deliver(listener.url, secret, f"msg_{number}", body).status == 200
    with listen(gwh, *listening, "--tolerance", "2h", env=env) as listener:
        then = int(time.time()) - HOUR
        assert deliver(listener.url, secret, "msg_old", BODIES["an event"], timestamp=then).status == 200

    def replay(url, *args):
        done = gwh.run("-p", "replays", "replay", "--json", "--to", url, *args, env=env)
        sent = [json.loads(line) for line in done.stdout.splitlines()]
        return done.returncode, [line["status"] for line in sent if line["type"] == "sent"]

    with python_handler(secret) as handler:
        with report.check("replay: the library takes what is signed anew, an hour old or not, body for body"):
            count = len(texts) + 1
            assert replay(handler, "--last", "100", "--secret-env", "SECRET") == (0, [200] * count)
        with report.check("replay: the library takes --original of a fresh delivery, and refuses that of an old one"):
            assert replay(handler, "msg_0", "--original") == (0, [200])
            assert replay(handler, "msg_old", "--original") == (1, [400])
        with report.check("replay: the library refuses another secret's signature"):
            assert replay(handler, "msg_0") == (1, [400])
    return []


CHECKS = [replays_verify_and_old_originals_do_not]
