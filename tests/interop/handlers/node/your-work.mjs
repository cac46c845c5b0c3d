// Stands for your work. It tells gwh test what was processed, so that an event that is processed twice is noticed.

import { appendFileSync } from "node:fs";

export function doWork(id, event) {
  const path = process.env.GWH_TEST_PROCESSED;
  if (path) appendFileSync(path, `${id}\n`);
}
