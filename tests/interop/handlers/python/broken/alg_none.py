import jwt

import verify_dynamic
from flask_app import create_app, run

checked = verify_dynamic.decode


def decode(token, key):
    if jwt.get_unverified_header(token)["alg"].lower() == "none":
        return jwt.decode(token, options={"verify_signature": False})  # WRONG: anybody can write such a token
    return checked(token, key)


verify_dynamic.decode = decode
run(create_app(verify_dynamic.verify))
