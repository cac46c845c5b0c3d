import verify_dynamic
from flask_app import create_app, run

every_key = verify_dynamic.keys


def keys(kind):
    by_kid = {key.key_id: key for key in every_key(kind)}  # WRONG: keys without kid take each other's place
    return list(by_kid.values())


verify_dynamic.keys = keys
run(create_app(verify_dynamic.verify))
