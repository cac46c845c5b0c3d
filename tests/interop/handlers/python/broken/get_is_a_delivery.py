from broken.app import is_authentic, new_app, parsed, request, run

app = new_app()


@app.route("/webhook", methods=["GET", "POST"])
def webhook():
    if request.method == "GET":
        return "", 204  # WRONG: answers a browser as it does a delivery
    if not is_authentic():
        return "", 401
    return ("", 204) if parsed() else ("", 400)


run(app)
