// Dynamic webhooks: Ed25519 (v1a) as deployed, or an RS256 token as documented, checked with published keys.

// shown: verify
import * as crypto from "node:crypto";
import { createLocalJWKSet, jwtVerify } from "jose";

const KEY_SET_URL =
  process.env.GWH_TEST_JWKS_URL ?? "https://generativelanguage.googleapis.com/.well-known/jwks.json";
const AUDIENCE = process.env.GWH_TEST_AUDIENCE;
const TOLERANCE = 300;

// Whether a published key signed this delivery within five minutes.
export async function verify(body, headers) {
  const [id, timestamp, signature] = ["id", "timestamp", "signature"].map((name) => headers[`webhook-${name}`]);
  if (!id || !timestamp || !signature) return false;
  // Not a number compares as false, and is refused, too.
  if (!(Math.abs(Date.now() / 1000 - Number(timestamp)) <= TOLERANCE)) return false;
  const keySet = await fetchKeySet();
  if (/^[^,.]*\.[^,.]*\.[^,.]*$/.test(signature)) return verifyToken(signature, body, id, timestamp, keySet);
  const content = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]);
  return signature.split(" ").some((entry) => verifyEd25519(entry, content, keySet));
}

function verifyEd25519(entry, content, keySet) {
  const [version, signature] = entry.split(",");
  // Strictly base64: Buffer.from takes base64url as well, and leaves out what it cannot read.
  if (version !== "v1a" || !/^[A-Za-z0-9+/]{86}==$/.test(signature)) return false;
  const bytes = Buffer.from(signature, "base64");
  // These keys have no kid, so each one is tried.
  return keySet.keys
    .filter((jwk) => jwk.kty === "OKP")
    .some((jwk) => crypto.verify(null, content, crypto.createPublicKey({ key: jwk, format: "jwk" }), bytes));
}

async function verifyToken(token, body, id, timestamp, keySet) {
  try {
    // The algorithm is fixed here. What the token's own header asks for is an attacker's choice.
    const options = { algorithms: ["RS256"], audience: AUDIENCE, requiredClaims: ["exp"], clockTolerance: 60 };
    const { payload } = await jwtVerify(token, createLocalJWKSet(keySet), options);
    return isTied(payload, body, id, timestamp);
  } catch {
    return false;
  }
}

// Whether the claims prove the body, and not only that Google made some token. How Google ties a token to a
// body is not documented. Two ways are proof: a digest of the body among the claims, or claims that are the
// event itself. A token with neither is refused.
function isTied(claims, body, id, timestamp) {
  if ((claims.webhook_id ?? id) !== id || (claims.webhook_timestamp ?? timestamp) !== timestamp) return false;
  if (claims.body_sha256) return claims.body_sha256 === crypto.createHash("sha256").update(body).digest("hex");
  const event = Object.entries(JSON.parse(body));
  return event.length > 0 && event.every(([name, value]) => JSON.stringify(claims[name]) === JSON.stringify(value));
}

let cached = { until: 0 };

// The published keys; fetched again after five minutes, since they rotate.
async function fetchKeySet() {
  if (Date.now() > cached.until) {
    const answer = await fetch(KEY_SET_URL, { signal: AbortSignal.timeout(5000) });
    cached = { keySet: await answer.json(), until: Date.now() + TOLERANCE * 1000 };
  }
  return cached.keySet;
}
// end
