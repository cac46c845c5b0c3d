import express from "express";
import { single } from "../express-app.mjs";
import { run, verifier } from "./by-hand.mjs";

const verify = verifier();
const app = express();

app.post("/webhook", express.json({ type: () => true, limit: "1mb", strict: false }), (request, response) => {
  // WRONG: these are other bytes than those that came
  const body = JSON.stringify(request.body ?? "");
  response.sendStatus(verify(body, single(request.headersDistinct)) ? 204 : 401);
});
app.use((error, request, response, next) => response.sendStatus(error.status ?? 500));
run(app);
