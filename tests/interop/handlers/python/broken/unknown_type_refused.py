from broken.app import is_authentic, new_app, parsed, run

KNOWN = [
    "batch.succeeded", "batch.failed", "batch.expired", "batch.cancelled", "interaction.completed",
    "interaction.requires_action", "interaction.failed", "interaction.cancelled", "video.generated",
]
app = new_app()


@app.post("/webhook")
def webhook():
    if not is_authentic():
        return "", 401
    event = parsed()
    if not isinstance(event, dict) or event.get("type") not in KNOWN:
        return "", 400  # WRONG: types are added without notice
    return "", 204


run(app)
