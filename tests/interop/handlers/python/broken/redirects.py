from flask import redirect

from broken.app import is_authentic, new_app, parsed, run

app = new_app()


@app.post("/webhook")
def without_slash():
    return redirect("/webhook/", 308)  # WRONG: a sender does not follow it


@app.post("/webhook/")
def webhook():
    if not is_authentic():
        return "", 401
    return ("", 204) if parsed() else ("", 400)


run(app)
