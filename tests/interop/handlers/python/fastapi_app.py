"""A handler with FastAPI. The argument names the module that verifies: verify_static or verify_dynamic."""

# shown: app
import json
import os
import sys
from importlib import import_module

import uvicorn
from fastapi import BackgroundTasks, Depends, FastAPI, HTTPException, Request

from your_work import do_work

MAX_BODY = 1024 * 1024  # deliveries are small
seen = set()  # in production: a unique column in your database


async def raw_body(request: Request):
    """The bytes as they came: a model as parameter would parse them, and only bytes can be verified."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise HTTPException(413)
    return bytes(body)


def create_app(verify):
    app = FastAPI()

    @app.post("/webhook", status_code=204)
    def webhook(request: Request, tasks: BackgroundTasks, body: bytes = Depends(raw_body)):
        # A header that came twice is joined, as other servers do, and then matches nothing.
        headers = {name: ", ".join(request.headers.getlist(name)) for name in request.headers}
        if not verify(body, headers):
            raise HTTPException(401)
        try:
            event = json.loads(body)
        except ValueError:
            raise HTTPException(400)
        tasks.add_task(process, headers["webhook-id"], event)  # runs after the answer

    return app


def process(webhook_id, event):
    if webhook_id in seen:
        return  # deliveries come more than once, with the same id
    seen.add(webhook_id)
    do_work(webhook_id, event)


if __name__ == "__main__":
    app = create_app(import_module(sys.argv[1]).verify)
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ.get("PORT", "3000")))
# end
