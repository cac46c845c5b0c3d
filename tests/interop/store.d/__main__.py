"""Runs every check of the store against a gwh binary and counts: python store.d GWH SCRATCH."""

import sys
from pathlib import Path

import disks
import exports
import replays
from harness import Gwh, Report


def main() -> int:
    gwh = Gwh(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve())
    report = Report()
    left_out = []
    for module in (exports, replays, disks):
        for check in module.CHECKS:
            left_out += check(gwh, report) or []
    for what in left_out:
        print(f"LEFT OUT  {what}")
    print(f"\n{report.passed} passed, {report.failed} failed, {len(left_out)} left out")
    return 1 if report.failed or not report.passed else 0


if __name__ == "__main__":
    sys.exit(main())
