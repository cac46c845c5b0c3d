from broken.app import is_authentic, new_app, parsed, run

app = new_app()


@app.post("/webhook")
def webhook():
    if not is_authentic():
        raise ValueError("invalid signature")  # WRONG: nobody catches it, so that the answer is 500
    return ("", 204) if parsed() else ("", 400)


run(app)
