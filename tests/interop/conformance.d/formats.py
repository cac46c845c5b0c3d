"""The reports are read by what reads such reports: JUnit by Jenkins' schema, TAP by prove."""

import subprocess

from lxml import etree

# The schema of Jenkins' xunit plugin, which pytest checks its own reports with.
SCHEMA = "pytest-*/testing/example_scripts/junit-10.xsd"
CORRECT = {"run": "python -m broken.by_hand", "scheme": "v1"}
BROKEN = {"run": "python -m broken.no_timestamp_check", "scheme": "v1"}
UNUSABLE = {"run": "python -m broken.secret_not_decoded", "scheme": "v1"}


def check(gwh, report, scratch):
    [path] = scratch.glob(SCHEMA)
    schema = etree.XMLSchema(etree.parse(str(path)))
    with report.check("junit: the schema refuses what is no report"):
        assert not schema.validate(etree.fromstring("<testsuites><testcase/></testsuites>"))
    for name, handler, failures in (("correct", CORRECT, 0), ("broken", BROKEN, 6), ("unusable", UNUSABLE, 1)):
        with report.check(f"junit: the report of a {name} handler validates"):
            junit(gwh, schema, handler, failures)
        with report.check(f"tap: prove reads the report of a {name} handler"):
            tap(gwh, scratch, handler, failures)


def junit(gwh, schema, handler, failures):
    done = gwh.test(handler, "--format", "junit")
    assert done.returncode == (1 if failures else 0), done.stderr.decode(errors="replace")
    document = etree.fromstring(done.stdout)
    assert schema.validate(document), "\n".join(map(str, schema.error_log[:5]))
    cases = document.findall(".//testcase")
    failed = [case for case in cases if case.find("failure") is not None]
    names = [case.get("name") for case in failed]
    assert len(failed) == failures and document.get("failures") == str(failures), names
    assert document.get("tests") == str(len(cases)) and len(cases) > 50, len(cases)
    for suite in document.findall("testsuite"):
        assert int(suite.get("tests")) == len(suite.findall("testcase")), suite.get("name")


def tap(gwh, scratch, handler, failures):
    done = gwh.test(handler, "--format", "tap")
    assert done.returncode == (1 if failures else 0), done.stderr.decode(errors="replace")
    file = scratch / "report.tap"
    file.write_bytes(done.stdout)
    # prove runs a command for each test; this one prints the report.
    read = subprocess.run(["prove", "--exec", "cat", str(file)], capture_output=True, text=True, timeout=60)
    text = read.stdout + read.stderr
    assert "Parse errors" not in text, text
    if failures:
        assert read.returncode != 0 and f"Failed {failures}/" in text.replace("Failed test", "Failed"), text
    else:
        assert read.returncode == 0 and "Result: PASS" in text, text
