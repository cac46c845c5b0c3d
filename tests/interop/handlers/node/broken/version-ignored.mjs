import { createApp } from "../express-app.mjs";
import { run, verifier } from "./by-hand.mjs";

// WRONG: v0 and v2 count as v1
const matches = (entry, expected) => entry.split(",")[1] === expected;

run(createApp(verifier({ matches })));
