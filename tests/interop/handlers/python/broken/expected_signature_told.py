from broken.app import is_authentic, new_app, parsed, request, run
from broken.by_hand import Verifier, secrets, sign

app = new_app()


@app.post("/webhook")
def webhook():
    if not is_authentic():
        content = f"{request.headers.get('webhook-id')}.{request.headers.get('webhook-timestamp')}.".encode()
        expected = sign(Verifier().key(secrets()[0]), content + request.get_data())
        return f"signature mismatch: expected {expected}", 401  # WRONG: now the sender has it
    return ("", 204) if parsed() else ("", 400)


run(app)
