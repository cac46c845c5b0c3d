"""Static webhooks: an HMAC with the signing secret, checked by the standardwebhooks library."""

# shown: verify
import os

from standardwebhooks import Webhook

# While a secret rotates there are two, with a space between them.
WEBHOOKS = [Webhook(secret) for secret in os.environ["WEBHOOK_SIGNING_SECRET"].split()]


def verify(body, headers):
    """Whether one of the secrets signed these bytes, this id and this timestamp, within five minutes."""
    return any(is_signed(webhook, body, headers) for webhook in WEBHOOKS)


def is_signed(webhook, body, headers):
    try:
        webhook.verify(body, headers, json_parse=False)
        return True
    except Exception:  # not only WebhookVerificationError: a header without a comma is a ValueError
        return False
# end
