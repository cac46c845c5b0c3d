import json

from broken.app import is_authentic, new_app, request, run

app = new_app()


@app.post("/webhook")
def webhook():
    event = json.loads(request.get_data())  # WRONG: what has not been verified yet makes this throw
    if not is_authentic():
        return "", 401
    return {"received": event["type"]}


run(app)
