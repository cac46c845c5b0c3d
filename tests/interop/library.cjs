// The Node side of the interop checks: standardwebhooks as a handler's author uses it.
//
//   node library.cjs sign|verify|send   one JSON request on stdin, one JSON answer on stdout
//   node library.cjs serve              a handler on a free port, until stdin ends
"use strict";

const http = require("node:http");
const { Webhook } = require("standardwebhooks");

const DEADLINE_MS = 30_000;

function readAll(stream) {
  return new Promise((resolve, reject) => {
    const chunks = [];
    stream.on("data", (chunk) => chunks.push(chunk));
    stream.on("end", () => resolve(Buffer.concat(chunks)));
    stream.on("error", reject);
  });
}

function sign({ secret, id, timestamp, body_b64 }) {
  const body = Buffer.from(body_b64, "base64");
  return new Webhook(secret).sign(id, new Date(timestamp * 1000), body);
}

function isValid({ secret, headers, body_b64 }) {
  const body = Buffer.from(body_b64, "base64");
  try {
    new Webhook(secret).verify(body, headers, { jsonParse: false });
    return true;
  } catch (error) {
    if (error.constructor.name !== "WebhookVerificationError") throw error;
    return false;
  }
}

// Posts a signed delivery, chunked where that is asked for, and answers the status.
function send(request) {
  const body = Buffer.from(request.body_b64, "base64");
  const headers = {
    "content-type": "application/json",
    "webhook-id": request.id,
    "webhook-timestamp": String(request.timestamp),
    "webhook-signature": sign(request),
  };
  if (!request.chunked) headers["content-length"] = body.length;
  return new Promise((resolve, reject) => {
    const options = { method: "POST", headers, agent: false, timeout: DEADLINE_MS };
    const outgoing = http.request(request.url, options, async (answer) => {
      await readAll(answer);
      resolve(answer.statusCode);
    });
    outgoing.on("timeout", () => outgoing.destroy(new Error("no answer in time")));
    outgoing.on("error", reject);
    if (request.chunked) {
      // Two writes make two chunks.
      outgoing.write(body.subarray(0, 10));
      outgoing.end(body.subarray(10));
    } else {
      outgoing.end(body);
    }
  });
}

// A handler as the library's documentation shows it: 200 for what verifies, 400 for the rest.
function serve(secret) {
  const server = http.createServer(async (request, answer) => {
    const body = await readAll(request);
    try {
      new Webhook(secret).verify(body, request.headers);
      answer.writeHead(200).end();
    } catch {
      answer.writeHead(400).end();
    }
  });
  server.listen(0, "127.0.0.1", () => {
    process.stdout.write(JSON.stringify({ port: server.address().port }) + "\n");
  });
}

async function main() {
  const command = process.argv[2];
  if (command === "serve") {
    serve(process.env.HANDLER_SECRET);
    // The parent holds stdin open for as long as it wants to be served.
    process.stdin.on("end", () => process.exit(0)).resume();
    return;
  }
  const request = JSON.parse((await readAll(process.stdin)).toString());
  const commands = { sign, verify: isValid, send };
  process.stdout.write(JSON.stringify(await commands[command](request)));
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
