"""Handler by case: what gwh test says of each, compared with what handlers.toml expects."""

import tomllib
from collections import defaultdict
from fnmatch import fnmatchcase

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
                rows.append((handler, {case["id"]: case for case in cases}))
                compare(handler, cases, code)
    show(rows)


def compare(handler, cases, code):
    """Checks that exactly the expected cases failed, and that their fixes lead to the mistake."""
    globs = handler.get("fails", [])
    failed = [case for case in cases if case["result"] == "failed"]
    surprising = [case for case in failed if not any(fnmatchcase(case["id"], glob) for glob in globs)]
    assert not surprising, "failed, which the mistake does not explain:\n" + "\n".join(map(told, surprising))
    idle = [glob for glob in globs if not any(fnmatchcase(case["id"], glob) for case in failed)]
    assert not idle, f"passed, although the mistake is in its way: {idle}"
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
    ids = list(dict.fromkeys(case for _, cases in rows for case in cases))
    families = defaultdict(list)
    for case in ids:
        families[".".join(case.split(".")[:2])].append(case)
    print("\n. passed   F failed   - not run   blank: not for this scheme\n")
    for number, family in enumerate(families, 1):
        print(f"{number:4} {family} ({len(families[family])})")
    widths = [max(len(family), len(str(number))) for number, family in enumerate(families.values(), 1)]
    print("\n" + " " * 34 + " ".join(f"{number:<{width}}" for number, width in enumerate(widths, 1)))
    for handler, cases in rows:
        signs = [
            "".join(SIGNS.get(cases.get(case, {}).get("result"), " ") for case in family).ljust(width)
            for family, width in zip(families.values(), widths)
        ]
        print(f"{handler['name'][:27]:28} {handler['scheme']:4} {' '.join(signs)}".rstrip())
