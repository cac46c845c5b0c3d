"""Jobs of google-genai against an emulator, and their events at a gwh listen that knows the emulator's
public keys alone. Prints a line for each check."""

import json
import os
import subprocess
import tempfile

from google import genai
from google.genai import types
from google.genai.version import __version__

MODEL = "gemini-3.8-flash"
BASE = os.environ["GOOGLE_GEMINI_BASE_URL"]


def check(label, condition, seen=None):
    print(f"ok {label}" if condition else f"FAIL {label}: {seen!r}", flush=True)


class Listener:
    """A gwh listen with a home of its own, so that it has no keys but those of the API: the emulator's."""

    def __init__(self, home):
        command = [os.environ["GWH"], "--json", "listen", "--port", "0"]
        environment = {"HOME": home, "PATH": os.environ["PATH"], "GWH_SECRET_STORE": "file", "GOOGLE_GEMINI_BASE_URL": BASE}
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True)
        self.seen = []
        self.url = self.next("ready")["url"]

    def next(self, wanted):
        """The next line of a type."""
        while line := self.process.stdout.readline():
            found = json.loads(line)
            if found["type"] == wanted:
                return found
        raise RuntimeError("the listener ended")

    def event(self, metadata):
        """The delivery of the job with this metadata, as it was verified."""
        while True:
            for delivery in self.seen:
                if delivery["event"].get("user_metadata") == metadata:
                    return delivery
            self.seen.append(self.next("delivery"))


def arrived(label, metadata, event_type, job):
    """Checks that the event of a job arrived, verified, with its metadata, and names the job."""
    delivery = listener.event(metadata)
    verdict, event = delivery["verdict"], delivery["event"]
    check(f"{label}: the delivery verifies", verdict["valid"] and verdict["scheme"] == "v1a", verdict)
    check(f"{label}: the event is {event_type}", event["type"] == event_type, event)
    check(f"{label}: the event names the job", job.endswith(event["data"]["id"]), event)
    return event


def interaction():
    metadata = {"job": "interaction", "nested": {"n": 1}}
    config = {"uris": [listener.url], "user_metadata": metadata}
    made = client.interactions.create(model=MODEL, input="Tell me a joke", background=True, webhook_config=config)
    check("interaction: starts", made.status == "in_progress" and made.id.startswith("v1_"), made)
    arrived("interaction", metadata, "interaction.completed", made.id)
    done = client.interactions.get(made.id)
    check("interaction: is read when it is done", done.status == "completed", done)
    check("interaction: has a text", "stand-in" in done.steps[0].content[0].text, done)

    for outcome, status in [("failed", "failed"), ("requires_action", "requires_action")]:
        metadata = {"gwh_outcome": outcome}
        config = {"uris": [listener.url], "user_metadata": metadata}
        made = client.interactions.create(model=MODEL, input="x", background=True, webhook_config=config)
        arrived(f"interaction that ends {outcome}", metadata, f"interaction.{status}", made.id)
        ended = client.interactions.get(made.id)
        check(f"interaction that ends {outcome}: is read", ended.status == status, ended)
        has_errors = bool(ended.errors)
        check(f"interaction that ends {outcome}: says what went wrong", has_errors == (status == "failed"), ended)

    made = client.interactions.create(model=MODEL, input="x", background=True)
    cancelled = client.interactions.cancel(made.id)
    check("interaction: is cancelled", cancelled.status == "cancelled", cancelled)
    client.interactions.delete(made.id)
    at_once = client.interactions.create(model=MODEL, input="x")
    check("interaction: at once", at_once.status == "completed", at_once)


def video_interaction():
    metadata = {"job": "video interaction"}
    made = client.interactions.create(
        model="gemini-omni-flash-preview",
        input="A red balloon",
        background=True,
        response_format={"type": "video", "aspect_ratio": "16:9", "delivery": "uri"},
        webhook_config={"uris": [listener.url], "user_metadata": metadata},
    )
    arrived("video interaction", metadata, "interaction.completed", made.id)
    done = client.interactions.get(made.id)
    content = done.steps[0].content[0]
    check("video interaction: has a video", content.type == "video" and "/files/" in content.uri, done)


def batches():
    requests = [{"contents": [{"parts": [{"text": text}], "role": "user"}]} for text in ("hi", "ho")]
    metadata = {"job": "inline batch"}
    config = {"display_name": "inline", "webhook_config": {"uris": [listener.url], "user_metadata": metadata}}
    made = client.batches.create(model=MODEL, src=requests, config=config)
    check("inline batch: starts", made.state == types.JobState.JOB_STATE_PENDING, made)
    arrived("inline batch", metadata, "batch.succeeded", made.name)
    done = client.batches.get(name=made.name)
    check("inline batch: is read when it is done", done.state == types.JobState.JOB_STATE_SUCCEEDED, done)
    responses = done.dest.inlined_responses
    check("inline batch: has its answers", "request 2" in responses[1].response.text, done)

    lines = [json.dumps({"key": f"k{n}", "request": request}) for n, request in enumerate(requests)]
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
        file.write("\n".join(lines))
        file.flush()
        upload = {"mime_type": "application/jsonl", "display_name": "requests"}
        uploaded = client.files.upload(file=file.name, config=upload)
    size = sum(map(len, lines)) + 1
    check("file: is uploaded", uploaded.size_bytes == size and uploaded.display_name == "requests", uploaded)
    check("file: is listed", [one.name for one in client.files.list()][0] == uploaded.name)
    metadata = {"job": "batch of a file"}
    config = {"webhook_config": types.WebhookConfig(uris=[listener.url], user_metadata=metadata)}
    made = client.batches.create(model=MODEL, src=uploaded.name, config=config)
    event = arrived("batch of a file", metadata, "batch.succeeded", made.name)
    done = client.batches.get(name=made.name)
    check("batch of a file: the event leads to its file", done.dest.file_name in event["data"]["output_file_uri"], event)
    results = client.files.download(file=done.dest.file_name).decode().splitlines()
    check("batch of a file: a result for each line", [json.loads(line)["key"] for line in results] == ["k0", "k1"], results)

    metadata = {"gwh_outcome": "failed"}
    config = {"webhook_config": {"uris": [listener.url], "user_metadata": metadata}}
    listener.seen.clear()
    made = client.batches.create(model=MODEL, src=requests, config=config)
    arrived("batch that fails", metadata, "batch.failed", made.name)
    failed = client.batches.get(name=made.name)
    check("batch that fails: says so", failed.state == types.JobState.JOB_STATE_FAILED, failed)

    made = client.batches.create(model=MODEL, src=requests)
    client.batches.cancel(name=made.name)
    cancelled = client.batches.get(name=made.name)
    check("batch: is cancelled", cancelled.state == types.JobState.JOB_STATE_CANCELLED, cancelled)
    listed = [one.name for one in client.batches.list(config={"page_size": 2})]
    check("batch: pages hold all", len(listed) == 4 and listed[0] == made.name, listed)
    client.batches.delete(name=made.name)
    client.files.delete(name=uploaded.name)
    texts = {"inlined_requests": {"contents": ["a"]}}
    embedded = client.batches.create_embeddings(model="gemini-embedding-001", src=texts)
    check("batch of texts to embed: starts", embedded.name.startswith("batches/"), embedded)


def video():
    metadata = {"job": "video"}
    webhook = types.WebhookConfig(uris=[listener.url], user_metadata=metadata)
    config = types.GenerateVideosConfig(number_of_videos=1, webhook_config=webhook)
    made = client.models.generate_videos(model="veo-3.1-generate-preview", prompt="A cat", config=config)
    check("video: starts", not made.done, made)
    arrived("video", metadata, "video.generated", made.name)
    done = client.operations.get(made)
    check("video: is read when it is done", done.done and not done.error, done)
    clip = done.response.generated_videos[0].video
    content = client.files.download(file=clip)
    check("video: can be had", content[4:8] == b"ftyp", content)


with tempfile.TemporaryDirectory() as home:
    listener = Listener(home)
    try:
        client = genai.Client()
        interaction()
        video_interaction()
        batches()
        # From 3.0 on, a video is an interaction.
        if __version__.startswith("2."):
            video()
    finally:
        listener.process.terminate()
        listener.process.wait(timeout=20)
