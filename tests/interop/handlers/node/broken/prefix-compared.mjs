import { createApp } from "../express-app.mjs";
import { run, verifier } from "./by-hand.mjs";

// WRONG: the right signature begins with any part of itself, and with nothing at all
const matches = (entry, expected) => `v1,${expected}`.startsWith(entry);

run(createApp(verifier({ matches })));
