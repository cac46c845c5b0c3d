"""Runs every check against a gwh binary and counts: python conformance.d GWH SCRATCH."""

import os
import sys
from pathlib import Path

import formats
import matrix
import processes
from harness import Report
from runs import Gwh


def main() -> int:
    binary, scratch = (Path(argument).resolve() for argument in sys.argv[1:3])
    gwh, report = Gwh(str(binary), scratch), Report()
    only = os.environ.get("ONLY", "")
    matrix.check(gwh, report, only)
    if not only:
        formats.check(gwh, report, scratch)
        processes.check(gwh, report)
    print(f"\n{report.passed} passed, {report.failed} failed")
    return 1 if report.failed or not report.passed else 0


if __name__ == "__main__":
    sys.exit(main())
