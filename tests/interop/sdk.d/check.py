"""The webhooks calls of google-genai against an emulator. Prints a line for each check."""

import datetime
import json
import os
import subprocess
import sys

from google import genai
from google.genai.version import __version__

EVENTS = ["batch.succeeded", "video.generated"]


def check(label, condition, seen=None):
    print(f"ok {label}" if condition else f"FAIL {label}: {seen!r}", flush=True)


def of_gwh(*args):
    """What gwh shows, as JSON objects."""
    done = subprocess.run([os.environ["GWH"], "--json", "webhooks", *args], capture_output=True, text=True, timeout=30)
    if done.returncode != 0:
        raise RuntimeError(f"gwh webhooks {args}: {done.stderr}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def same(webhook, shown):
    """Whether a typed object holds what gwh shows."""
    secrets = [secret.truncated_secret for secret in webhook.signing_secrets]
    return (
        webhook.id == shown["id"]
        and webhook.name == shown.get("name")
        and webhook.uri == shown["uri"]
        and list(webhook.subscribed_events) == shown["subscribed_events"]
        and webhook.state == shown["state"]
        and secrets == [secret["truncated_secret"] for secret in shown["signing_secrets"]]
    )


check("version", __version__ == sys.argv[1], __version__)
# The client is kept: without it, its connections are closed.
client = genai.Client()
webhooks = client.webhooks

empty = webhooks.list()
check("an empty list", not empty.webhooks and not empty.next_page_token, empty)

created = webhooks.create(uri="https://x.example/hook", subscribed_events=EVENTS, name="sdk")
check("create shows the secret", created.new_signing_secret.startswith("whsec_"), created.id)
check("create is typed", type(created).__name__ == "Webhook" and created.state == "enabled", created)
check("the id has 36 characters", len(created.id) == 36 and created.id.isalnum(), created.id)

got = webhooks.get(created.id)
check("get hides the secret", got.new_signing_secret is None, got.id)
check("get holds what gwh shows", same(got, of_gwh("get", created.id)[0]), got)

others = [
    webhooks.create(uri=f"https://x.example/{index}", subscribed_events=EVENTS).id for index in range(4)
]
listed = webhooks.list()
check("list holds all", [one.id for one in listed.webhooks] == [created.id, *others], listed)
shown = of_gwh("list")
check("list holds what gwh shows", [one.id for one in listed.webhooks] == [one["id"] for one in shown], shown)

paged, token = [], None
while True:
    page = webhooks.list(page_size=2, page_token=token) if token else webhooks.list(page_size=2)
    paged.append([one.id for one in page.webhooks])
    token = page.next_page_token
    if not token:
        break
check("pages of two", [len(page) for page in paged] == [2, 2, 1], paged)
check("pages hold all in order", sum(paged, []) == [created.id, *others], paged)

updated = webhooks.update(created.id, subscribed_events=["batch.failed"], name="renamed")
check("update", list(updated.subscribed_events) == ["batch.failed"] and updated.name == "renamed", updated)
masked = webhooks.update(created.id, state="disabled", uri="https://x.example/new", update_mask="state,uri")
check("update with a mask", masked.state == "disabled" and masked.uri == "https://x.example/new", masked)
check("update holds what gwh shows", same(masked, of_gwh("get", created.id)[0]), masked)

check("ping", type(webhooks.ping(created.id)).__name__ == "WebhookPingResponse")

rotated = webhooks.rotate_signing_secret(created.id)
check("rotate", rotated.secret.startswith("whsec_") and rotated.secret != created.new_signing_secret)
secrets = webhooks.get(created.id).signing_secrets
ends = [secret.expire_time for secret in secrets]
ahead = ends[1] - datetime.datetime.now(datetime.timezone.utc) if len(ends) == 2 and ends[1] else None
day = datetime.timedelta(days=1)
check("rotate keeps the old secret for a day", ahead and abs(ahead - day) < datetime.timedelta(minutes=1), ends)
check("rotate holds what gwh shows", same(webhooks.get(created.id), of_gwh("get", created.id)[0]), secrets)
webhooks.rotate_signing_secret(created.id, revocation_behavior="revoke_previous_secrets_immediately")
check("rotate at once keeps none", len(webhooks.get(created.id).signing_secrets) == 1)

refused = None
try:
    webhooks.create(uri="https://x.example/", subscribed_events=["x.y"])
except Exception as error:
    refused = error
check("an unknown event is refused", refused is not None and "x.y" in str(refused), refused)

webhooks.delete(created.id)
gone = None
try:
    webhooks.get(created.id)
except Exception as error:
    gone = error
check("delete", gone is not None and "404" in str(getattr(gone, "status_code", gone)), gone)
check("list without it", [one.id for one in webhooks.list().webhooks] == others)
