"""Handler by case: what gwh test says of each, compared with what handlers.toml expects."""

import tomllib
from collections import defaultdict
from fnmatch import fnmatchcase
from statistics import median

SIGNS = {"passed": ".", "failed": "F", "skipped": "-"}


def check(gwh, report, only):
    table = tomllib.loads((gwh.handlers / "handlers.toml").read_text())["handler"]
    rows = []
    for handler in table:
        if only.lower() in handler["name"].lower():
            kind = "fails what its mistake explains" if "fails" in handler else "passes every case"
            with report.check(f"{handler['name']} ({handler['scheme']}) {kind}"):
                lines, code = gwh.report(handler)
                cases = [line for line in lines if line["type"] == "case"]
                rows.append((handler, {case["id"]: case for case in cases}, lines[-1]["duration_ms"]))
                compare(handler, cases, code)
    durations = [took for handler, _, took in rows if "fails" not in handler]
    if durations:
        with report.check("speed: the whole suite takes less than three seconds, in the median of the correct handlers"):
            assert median(durations) < 3000, durations
    show(rows)


def compare(handler, cases, code):
    """Checks that exactly the expected cases failed, and that their fixes lead to the mistake."""
    globs = handler.get("fails", [])
    failed = [case for case in cases if case["result"] == "failed"]
    explained = [case for case in cases if any(fnmatchcase(case["id"], glob) for glob in globs)]
    surprising = [case for case in failed if case not in explained]
    assert not surprising, "failed, which the mistake does not explain:\n" + "\n".join(map(told, surprising))
    missed = [case["id"] for case in explained if case not in failed]
    assert not missed, f"did not fail, although the mistake is in its way: {missed}"
    idle = [glob for glob in globs if not any(fnmatchcase(case["id"], glob) for case in cases)]
    assert not idle, f"names no case: {idle}"
    assert code == (1 if globs else 0), f"exit {code}"
    assert any(case["result"] == "passed" for case in cases), "nothing was tested"
    if not globs:
        skipped = [case for case in cases if case["result"] == "skipped"]
        assert not skipped, f"left out: {[case['id'] for case in skipped]}"
    fixes = " ".join(" ".join([case["fix"], case["reason"]]) for case in failed)
    for words in handler.get("names", []):
        assert words in fixes, f"no fix says {words!r}: {fixes}"


def told(case):
    return f"  {case['id']}: {case['reason']}"


def show(rows):
    """A row for each handler and a sign for each case, in columns of the cases' families."""
    ids = list(dict.fromkeys(case for _, cases, _ in rows for case in cases))
    families = defaultdict(list)
    for case in ids:
        families[".".join(case.split(".")[:2])].append(case)
    print("\n. passed   F failed   - not run   blank: not for this scheme\n")
    for number, family in enumerate(families, 1):
        print(f"{number:4} {family} ({len(families[family])})")
    widths = [max(len(family), len(str(number))) for number, family in enumerate(families.values(), 1)]
    print("\n" + " " * 34 + " ".join(f"{number:<{width}}" for number, width in enumerate(widths, 1)))
    for handler, cases, took in rows:
        signs = [
            "".join(SIGNS.get(cases.get(case, {}).get("result"), " ") for case in family).ljust(width)
            for family, width in zip(families.values(), widths)
        ]
        print(f"{handler['name'][:27]:28} {handler['scheme']:4} {' '.join(signs)} {took / 1000:4.1f} s")
