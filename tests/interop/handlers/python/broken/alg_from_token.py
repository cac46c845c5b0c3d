import hashlib
import hmac

import jwt
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

import verify_dynamic
from flask_app import create_app, run

checked = verify_dynamic.decode


def decode(token, key):
    if jwt.get_unverified_header(token)["alg"] != "HS256":
        return checked(token, key)
    # WRONG: the token chose HMAC, and the key that everybody can read becomes the secret
    pem = key.key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    content, _, signature = token.rpartition(".")
    expected = hmac.new(pem, content.encode(), hashlib.sha256).digest()
    if not hmac.compare_digest(expected, jwt.utils.base64url_decode(signature)):
        raise jwt.InvalidSignatureError
    return jwt.decode(token, options={"verify_signature": False})


verify_dynamic.decode = decode
run(create_app(verify_dynamic.verify))
