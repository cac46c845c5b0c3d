// Static webhooks: an HMAC with the signing secret, checked by the standardwebhooks library.

// shown: verify
import { Webhook } from "standardwebhooks";

// While a secret rotates there are two, with a space between them.
const webhooks = process.env.WEBHOOK_SIGNING_SECRET.split(" ").map((secret) => new Webhook(secret));

// Whether one of the secrets signed these bytes, this id and this timestamp, within five minutes.
export function verify(body, headers) {
  return webhooks.some((webhook) => {
    try {
      webhook.verify(body, headers, { jsonParse: false });
      return true;
    } catch {
      return false;
    }
  });
}
// end
