from broken.by_hand import Verifier, create_app, run


class Broken(Verifier):
    def matches(self, header, expected):
        return header == expected  # WRONG: while a secret rotates the header holds two


run(create_app(Broken().verify))
