from broken.by_hand import Verifier, create_app, run


class Broken(Verifier):
    def key(self, secret):
        return secret.encode()  # WRONG: the key is what the part after whsec_ decodes to


run(create_app(Broken().verify))
