import jwt

import verify_dynamic
from flask_app import create_app, run


def decode(token, key):
    # WRONG: a token that was recorded once is good for ever
    options = {"verify_exp": False, "verify_aud": verify_dynamic.AUDIENCE is not None}
    return jwt.decode(token, key, algorithms=["RS256"], audience=verify_dynamic.AUDIENCE, options=options)


verify_dynamic.decode = decode
run(create_app(verify_dynamic.verify))
