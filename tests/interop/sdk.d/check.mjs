// The webhooks calls of @google/genai against an emulator. Prints a line for each check.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { GoogleGenAI } from "@google/genai";

const EVENTS = ["batch.succeeded", "video.generated"];

function check(label, condition, seen) {
  console.log(condition ? `ok ${label}` : `FAIL ${label}: ${JSON.stringify(seen)}`);
}

// What gwh shows, as JSON objects.
function ofGwh(...args) {
  const out = execFileSync(process.env.GWH, ["--json", "webhooks", ...args], { encoding: "utf8", timeout: 30_000 });
  return out.trim().split("\n").map((line) => JSON.parse(line));
}

// Whether a typed object holds what gwh shows.
function same(webhook, shown) {
  const view = (one) => [
    one.id, one.name ?? null, one.uri, one.subscribed_events, one.state,
    one.signing_secrets.map((secret) => secret.truncated_secret),
  ];
  return JSON.stringify(view(webhook)) === JSON.stringify(view(shown));
}

const manifest = new URL("node_modules/@google/genai/package.json", import.meta.url);
const version = JSON.parse(readFileSync(manifest, "utf8")).version;
check("version", version === process.argv[2], version);
const { webhooks } = new GoogleGenAI({});
const ids = (list) => (list.webhooks ?? []).map((one) => one.id);
const failure = (promise) => promise.then(() => null, (error) => error);

check("an empty list", ids(await webhooks.list()).length === 0);

const created = await webhooks.create({ uri: "https://x.example/hook", subscribed_events: EVENTS, name: "sdk" });
check("create shows the secret", created.new_signing_secret.startsWith("whsec_"), created.id);
check("create is enabled", created.state === "enabled", created.state);
check("the id has 36 characters", /^[a-z0-9]{36}$/.test(created.id), created.id);

const got = await webhooks.get(created.id);
check("get hides the secret", got.new_signing_secret === undefined, got.id);
check("get holds what gwh shows", same(got, ofGwh("get", created.id)[0]), got);

const others = [];
for (let index = 0; index < 4; index += 1) {
  others.push((await webhooks.create({ uri: `https://x.example/${index}`, subscribed_events: EVENTS })).id);
}
const all = JSON.stringify([created.id, ...others]);
check("list holds all", JSON.stringify(ids(await webhooks.list())) === all);
check("list holds what gwh shows", JSON.stringify(ofGwh("list").map((one) => one.id)) === all);

const paged = [];
let token;
do {
  const page = await webhooks.list(token ? { page_size: 2, page_token: token } : { page_size: 2 });
  paged.push(ids(page));
  token = page.next_page_token;
} while (token);
check("pages of two", JSON.stringify(paged.map((page) => page.length)) === "[2,2,1]", paged);
check("pages hold all in order", JSON.stringify(paged.flat()) === all, paged);

const updated = await webhooks.update(created.id, { subscribed_events: ["batch.failed"], name: "renamed" });
check("update", updated.subscribed_events.join() === "batch.failed" && updated.name === "renamed", updated);
const change = { state: "disabled", uri: "https://x.example/new", update_mask: "state,uri" };
const masked = await webhooks.update(created.id, change);
check("update with a mask", masked.state === "disabled" && masked.uri === "https://x.example/new", masked);
check("update holds what gwh shows", same(masked, ofGwh("get", created.id)[0]), masked);

check("ping", (await webhooks.ping(created.id)) !== undefined);

const rotated = await webhooks.rotateSigningSecret(created.id, {});
check("rotate", rotated.secret.startsWith("whsec_") && rotated.secret !== created.new_signing_secret);
const after = await webhooks.get(created.id);
const ahead = Date.parse(after.signing_secrets[1]?.expire_time) - Date.now();
check("rotate keeps the old secret for a day", Math.abs(ahead - 86_400_000) < 60_000, after.signing_secrets);
check("rotate holds what gwh shows", same(after, ofGwh("get", created.id)[0]), after.signing_secrets);
await webhooks.rotateSigningSecret(created.id, { revocation_behavior: "revoke_previous_secrets_immediately" });
check("rotate at once keeps none", (await webhooks.get(created.id)).signing_secrets.length === 1);

const refused = await failure(webhooks.create({ uri: "https://x.example/", subscribed_events: ["x.y"] }));
check("an unknown event is refused", refused !== null && String(refused).includes("x.y"), String(refused));

await webhooks.delete(created.id);
const gone = await failure(webhooks.get(created.id));
check("delete", gone !== null && (gone.status === 404 || gone.statusCode === 404), String(gone));
check("list without it", JSON.stringify(ids(await webhooks.list())) === JSON.stringify(others));
