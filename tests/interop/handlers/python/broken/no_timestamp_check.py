from broken.by_hand import Verifier, create_app, run


class Broken(Verifier):
    def is_recent(self, timestamp):
        return timestamp != ""  # WRONG: any time will do


run(create_app(Broken().verify))
