from broken.app import is_authentic, new_app, parsed, request, run

app = new_app()
seen = set()


@app.post("/webhook")
def webhook():
    if not is_authentic():
        return "", 401
    webhook_id = request.headers["webhook-id"]
    if webhook_id in seen:
        return "", 409  # WRONG: the sender takes it as a failure, and sends it again
    seen.add(webhook_id)
    return ("", 204) if parsed() else ("", 400)


run(app)
