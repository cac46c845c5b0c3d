"""What the broken handlers share that are not the app of flask_app.py: the verifier, and how they are served."""

from flask import Flask, request

from broken.by_hand import Verifier, run

__all__ = ["is_authentic", "new_app", "parsed", "request", "run"]


def is_authentic():
    return Verifier().verify(request.get_data(), dict(request.headers))


def new_app():
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = 1024 * 1024
    return app


def parsed():
    """The event, or None where the body is not JSON."""
    return request.get_json(force=True, silent=True)
