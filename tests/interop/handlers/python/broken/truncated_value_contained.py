from broken.by_hand import Verifier, create_app, run


class Broken(Verifier):
    def matches(self, header, expected):
        return expected[:11] in header  # WRONG: v1, and the first eight characters are soon guessed


run(create_app(Broken().verify))
