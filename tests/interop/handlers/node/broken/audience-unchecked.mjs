// WRONG: a token for anybody else's webhook is signed by the same keys
delete process.env.GWH_TEST_AUDIENCE;

const { createApp } = await import("../express-app.mjs");
const { verify } = await import("../verify-dynamic.mjs");
const { run } = await import("./by-hand.mjs");

run(createApp(verify));
