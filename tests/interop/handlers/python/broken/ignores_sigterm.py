"""Correct, but neither it nor the process that it starts ends when it is asked to."""

import signal
import subprocess
import sys

from broken.by_hand import Verifier, create_app, run

signal.signal(signal.SIGTERM, signal.SIG_IGN)
# WRONG: the child inherits that SIGTERM is ignored
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
run(create_app(Verifier().verify))
