// Says whether stdin is an HTTP Archive by the schema of HAR 1.2.
const { har } = require("har-validator");

const text = require("node:fs").readFileSync(0, "utf8");
har(JSON.parse(text)).then(
  () => process.exit(0),
  (error) => {
    console.error(JSON.stringify(error.errors));
    process.exit(1);
  },
);
