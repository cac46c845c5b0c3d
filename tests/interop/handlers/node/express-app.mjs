// A handler with Express. The argument names the module that verifies: verify-static or verify-dynamic.

// shown: app
import { pathToFileURL } from "node:url";
import express from "express";
import { doWork } from "./your-work.mjs";

const seen = new Set(); // in production: a unique column in your database

export function createApp(verify) {
  const app = express();
  // The bytes as they came: express.json() would parse them, and only bytes can be verified.
  const raw = express.raw({ type: () => true, limit: "1mb" });

  app.post("/webhook", raw, async (request, response) => {
    const body = request.body ?? Buffer.alloc(0);
    if (!(await verify(body, single(request.headersDistinct)))) return response.sendStatus(401);
    let event;
    try {
      event = JSON.parse(body);
    } catch {
      return response.sendStatus(400);
    }
    response.sendStatus(204); // at once; the work is done afterwards
    setImmediate(work, request.get("webhook-id"), event);
  });

  // Without this, Express answers an error with its stack trace.
  app.use((error, request, response, next) => {
    console.error(error);
    response.sendStatus(error.status ?? 500);
  });
  return app;
}

// The headers that came once. Node joins a repeated one, and the library would take the part that matches.
export function single(headers) {
  return Object.fromEntries(
    Object.entries(headers).filter(([, values]) => values.length === 1).map(([name, [value]]) => [name, value]),
  );
}

function work(id, event) {
  if (seen.has(id)) return; // deliveries come more than once, with the same id
  seen.add(id);
  doWork(id, event);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { verify } = await import(`./${process.argv[2]}.mjs`);
  createApp(verify).listen(process.env.PORT ?? 3000, "127.0.0.1");
}
// end
