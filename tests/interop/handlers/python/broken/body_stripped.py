from broken.by_hand import Verifier, create_app, run


class Broken(Verifier):
    def signed(self, body):
        return body.strip()  # WRONG: the newline at the end is signed, too


run(create_app(Broken().verify))
