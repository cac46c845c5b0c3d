"""Runs every check against a gwh binary and counts: python checks GWH SCRATCH."""

import sys
from pathlib import Path

import dynamic
import forwarding
import http_checks
import static
from harness import Gwh, Report


def main() -> int:
    gwh = Gwh(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve())
    report = Report()
    for module in (static, dynamic, http_checks, forwarding):
        for check in module.CHECKS:
            check(gwh, report)
    print(f"\n{report.passed} passed, {report.failed} failed")
    return 1 if report.failed or not report.passed else 0


if __name__ == "__main__":
    sys.exit(main())
