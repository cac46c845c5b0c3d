from broken.app import is_authentic, new_app, parsed, request, run

app = new_app()


@app.post("/webhook")
def webhook():
    # WRONG: whoever leaves the header out is not asked for a signature
    if "webhook-signature" in request.headers and not is_authentic():
        return "", 401
    return ("", 204) if parsed() else ("", 400)


run(app)
