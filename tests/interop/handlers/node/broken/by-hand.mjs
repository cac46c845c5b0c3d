// A correct verifier of static webhooks without a library, in parts, so that a mistake replaces one part.

import * as crypto from "node:crypto";
import { pathToFileURL } from "node:url";
import { createApp } from "../express-app.mjs";

const parts = {
  matches(entry, expected) {
    const [given, wanted] = [Buffer.from(entry), Buffer.from(`v1,${expected}`)];
    return given.length === wanted.length && crypto.timingSafeEqual(given, wanted);
  },
};

export function verifier(replaced = {}) {
  const { matches } = { ...parts, ...replaced };
  return (body, headers) => {
    const [id, timestamp, signature] = ["id", "timestamp", "signature"].map((name) => headers[`webhook-${name}`]);
    if (!id || !signature || !/^\d+$/.test(timestamp)) return false;
    if (Math.abs(Date.now() / 1000 - Number(timestamp)) > 300) return false;
    return process.env.WEBHOOK_SIGNING_SECRET.split(" ").some((secret) => {
      const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
      const expected = crypto.createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body).digest("base64");
      return signature.split(" ").some((entry) => matches(entry, expected));
    });
  };
}

export function run(app) {
  app.listen(process.env.PORT, "127.0.0.1");
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) run(createApp(verifier()));
