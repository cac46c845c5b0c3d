// Jobs of @google/genai against an emulator, and their events at a gwh listen that knows the emulator's
// public keys alone. Prints a line for each check.

import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { GoogleGenAI } from "@google/genai";

const MODEL = "gemini-3.8-flash";
const BASE = process.env.GOOGLE_GEMINI_BASE_URL;

function check(label, condition, seen) {
  console.log(condition ? `ok ${label}` : `FAIL ${label}: ${JSON.stringify(seen)}`);
}

// A gwh listen with a home of its own, so that it has no keys but those of the API: the emulator's.
const home = mkdtempSync(join(tmpdir(), "gwh-jobs-"));
const listening = ["--json", "listen", "--port", "0"];
const listener = spawn(process.env.GWH, listening, {
  env: { HOME: home, PATH: process.env.PATH, GWH_SECRET_STORE: "file", GOOGLE_GEMINI_BASE_URL: BASE },
  stdio: ["ignore", "pipe", "inherit"],
});
const lines = createInterface({ input: listener.stdout })[Symbol.asyncIterator]();

async function next(type) {
  for (;;) {
    const { value, done } = await lines.next();
    if (done) throw new Error("the listener ended");
    const line = JSON.parse(value);
    if (line.type === type) return line;
  }
}

// Checks that the event of a job arrives next, verified, with its metadata, and names the job.
async function arrived(label, metadata, type, job) {
  const { verdict, event } = await next("delivery");
  check(`${label}: the delivery verifies`, verdict.valid && verdict.scheme === "v1a", verdict);
  check(`${label}: the event is ${type}`, event.type === type, event);
  check(`${label}: has its metadata`, JSON.stringify(event.user_metadata) === JSON.stringify(metadata), event);
  check(`${label}: the event names the job`, job.endsWith(event.data.id), event);
  return event;
}

async function interactions(client, url) {
  const metadata = { job: "interaction", nested: { n: 1 } };
  const start = { model: MODEL, input: "Tell me a joke", background: true };
  const made = await client.interactions.create({ ...start, webhook_config: { uris: [url], user_metadata: metadata } });
  check("interaction: starts", made.status === "in_progress", made);
  await arrived("interaction", metadata, "interaction.completed", made.id);
  const done = await client.interactions.get(made.id);
  check("interaction: is read when it is done", done.status === "completed", done);
  check("interaction: has a text", done.steps[0].content[0].text.includes("stand-in"), done);

  const other = await client.interactions.create(start);
  const cancelled = await client.interactions.cancel(other.id);
  check("interaction: is cancelled", cancelled.status === "cancelled", cancelled);
  await client.interactions.delete(other.id);

  const clip = { job: "video interaction" };
  const asked = await client.interactions.create({
    ...start,
    response_format: { type: "video", aspect_ratio: "16:9", delivery: "uri" },
    webhook_config: { uris: [url], user_metadata: clip },
  });
  await arrived("video interaction", clip, "interaction.completed", asked.id);
  const content = (await client.interactions.get(asked.id)).steps[0].content[0];
  check("video interaction: has a video", content.type === "video" && content.uri.includes("/files/"), content);
}

// The content of a file. The SDK may answer before all of it is written; no file here is empty.
async function downloaded(client, file) {
  const downloadPath = join(home, "downloaded");
  rmSync(downloadPath, { force: true });
  await client.files.download({ file, downloadPath });
  for (let size = 0, tries = 0; tries < 200; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    const found = statSync(downloadPath, { throwIfNoEntry: false })?.size ?? 0;
    if (found > 0 && found === size) break;
    size = found;
  }
  return readFileSync(downloadPath);
}

async function batches(client, url) {
  const requests = ["hi", "ho"].map((text) => ({ contents: [{ parts: [{ text }], role: "user" }] }));
  const inline = { job: "inline batch" };
  const webhookConfig = { uris: [url], userMetadata: inline };
  const made = await client.batches.create({ model: MODEL, src: requests, config: { displayName: "inline", webhookConfig } });
  check("inline batch: starts", made.state === "JOB_STATE_PENDING", made);
  await arrived("inline batch", inline, "batch.succeeded", made.name);
  const done = await client.batches.get({ name: made.name });
  check("inline batch: is read when it is done", done.state === "JOB_STATE_SUCCEEDED", done);
  check("inline batch: has its answers", done.dest.inlinedResponses.length === 2, done.dest);

  const path = join(home, "requests.jsonl");
  writeFileSync(path, requests.map((request, n) => JSON.stringify({ key: `k${n}`, request })).join("\n"));
  const uploaded = await client.files.upload({ file: path, config: { mimeType: "application/jsonl" } });
  check("file: is uploaded", Number(uploaded.sizeBytes) === readFileSync(path).length, uploaded);
  const metadata = { job: "batch of a file" };
  const config = { webhookConfig: { uris: [url], userMetadata: metadata } };
  const filed = await client.batches.create({ model: MODEL, src: uploaded.name, config });
  await arrived("batch of a file", metadata, "batch.succeeded", filed.name);
  const ended = await client.batches.get({ name: filed.name });
  const results = (await downloaded(client, ended.dest.fileName)).toString().trim().split("\n");
  const keys = results.map((line) => JSON.parse(line).key).join();
  check("batch of a file: a result for each line", keys === "k0,k1", keys);

  const other = await client.batches.create({ model: MODEL, src: requests, config: {} });
  await client.batches.cancel({ name: other.name });
  const cancelled = await client.batches.get({ name: other.name });
  check("batch: is cancelled", cancelled.state === "JOB_STATE_CANCELLED", cancelled);
  const listed = [];
  for await (const one of await client.batches.list({ config: { pageSize: 2 } })) listed.push(one.name);
  check("batch: pages hold all", listed.join() === [other.name, filed.name, made.name].join(), listed);
  await client.batches.delete({ name: other.name });
}

async function video(client, url) {
  const metadata = { job: "video" };
  const made = await client.models.generateVideos({
    model: "veo-3.1-generate-preview",
    prompt: "A cat",
    config: { numberOfVideos: 1, webhookConfig: { uris: [url], userMetadata: metadata } },
  });
  await arrived("video", metadata, "video.generated", made.name);
  const done = await client.operations.getVideosOperation({ operation: made });
  const uri = done.response?.generatedVideos?.[0]?.video?.uri;
  check("video: is read when it is done", done.done && uri?.includes("/files/"), done);
  check("video: can be had", (await downloaded(client, done.response.generatedVideos[0])).subarray(4, 8).toString() === "ftyp");
}

try {
  const { url } = await next("ready");
  const client = new GoogleGenAI({});
  await interactions(client, url);
  await batches(client, url);
  // From 3.0 on, a video is an interaction.
  if (process.argv[2].startsWith("2.")) await video(client, url);
} finally {
  listener.kill("SIGTERM");
  await new Promise((resolve) => { listener.exitCode === null ? listener.on("exit", resolve) : resolve(); });
  rmSync(home, { recursive: true, force: true });
}
