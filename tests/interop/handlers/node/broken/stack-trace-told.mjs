import express from "express";
import { single } from "../express-app.mjs";
import { run, verifier } from "./by-hand.mjs";

const verify = verifier();
const app = express();

app.post("/webhook", express.raw({ type: () => true, limit: "1mb" }), (request, response) => {
  if (!verify(request.body ?? "", single(request.headersDistinct))) {
    // WRONG: without an error handler, Express writes the stack into the answer
    throw Object.assign(new Error("invalid signature"), { status: 401 });
  }
  response.sendStatus(204);
});
run(app);
