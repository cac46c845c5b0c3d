import threading

from broken.app import is_authentic, new_app, parsed, request, run
from your_work import do_work

app = new_app()


@app.post("/webhook")
def webhook():
    if not is_authentic():
        return "", 401
    # WRONG: nobody asks whether this id was here before
    threading.Thread(target=do_work, args=(request.headers["webhook-id"], parsed())).start()
    return "", 204


run(app)
