import time

from broken.app import is_authentic, new_app, parsed, run

app = new_app()


@app.post("/webhook")
def webhook():
    if not is_authentic():
        return "", 401
    time.sleep(10)  # WRONG: the work is done before the answer
    return ("", 204) if parsed() else ("", 400)


run(app)
