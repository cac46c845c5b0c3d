"""A handler with Flask. The argument names the module that verifies: verify_static or verify_dynamic."""

# shown: app
import json
import logging
import os
import queue
import sys
import threading
from importlib import import_module

from flask import Flask, abort, request
from waitress import serve

from your_work import do_work

work = queue.Queue()


def create_app(verify):
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = 1024 * 1024  # deliveries are small; Flask answers 413 to more

    @app.post("/webhook")
    def webhook():
        body = request.get_data()  # the bytes as they came: parsing and writing JSON again changes them
        if not verify(body, dict(request.headers)):
            abort(401)
        try:
            event = json.loads(body)
        except ValueError:
            abort(400)
        work.put((request.headers["webhook-id"], event))
        return "", 204  # at once; the work is done afterwards

    return app


def worker():
    seen = set()  # in production: a unique column in your database
    while True:
        webhook_id, event = work.get()
        if webhook_id in seen:
            continue  # deliveries come more than once, with the same id
        seen.add(webhook_id)
        try:
            do_work(webhook_id, event)
        except Exception:
            logging.exception("%s failed", webhook_id)


def run(app):
    threading.Thread(target=worker, daemon=True).start()
    serve(app, host="127.0.0.1", port=int(os.environ.get("PORT", "3000")), threads=8)


if __name__ == "__main__":
    run(create_app(import_module(sys.argv[1]).verify))
# end
