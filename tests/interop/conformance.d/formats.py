"""The reports are read by what reads such reports: JUnit by Jenkins' schema and junitparser, TAP by prove and TAP::Parser."""

import subprocess

from junitparser import Failure, JUnitXml
from lxml import etree

# The schema of Jenkins' xunit plugin, which pytest checks its own reports with.
SCHEMA = "pytest-*/testing/example_scripts/junit-10.xsd"
CORRECT = {"run": "python -m broken.by_hand", "scheme": "v1"}
BROKEN = {"run": "python -m broken.no_timestamp_check", "scheme": "v1"}
UNUSABLE = {"run": "python -m broken.secret_not_decoded", "scheme": "v1"}
# Prints the fix in each block of YAML, then how many errors the parser has found.
DIAGNOSTICS = r"""
use TAP::Parser;
my $parser = TAP::Parser->new({tap => do { local $/; <STDIN> }});
while (my $result = $parser->next) { print "$result->{data}{fix}\n" if $result->is_yaml }
print scalar($parser->parse_errors), " errors\n";
"""


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
    read = [case for suite in JUnitXml.fromstring(done.stdout) for case in suite]
    assert all(case.name and case.classname and case.time >= 0 for case in read)
    told = [result for case in read for result in case.result if isinstance(result, Failure)]
    assert len(told) == failures and all(result.message and "fix" in result.text for result in told), told


def tap(gwh, scratch, handler, failures):
    done = gwh.test(handler, "--format", "tap")
    assert done.returncode == (1 if failures else 0), done.stderr.decode(errors="replace")
    file = scratch / "report.tap"
    file.write_bytes(done.stdout)
    # prove runs a command for each test; this one prints the report.
    read = subprocess.run(["prove", "--exec", "cat", str(file)], capture_output=True, text=True, timeout=60)
    text = read.stdout + read.stderr
    assert "Parse errors" not in text, text
    perl = subprocess.run(["perl", "-e", DIAGNOSTICS], input=done.stdout, capture_output=True, timeout=60)
    fixes = perl.stdout.decode().splitlines()
    assert fixes[-1] == "0 errors" and len(fixes) == failures + 1 and all(fixes), perl
    if failures:
        assert read.returncode != 0 and f"Failed {failures}/" in text.replace("Failed test", "Failed"), text
    else:
        assert read.returncode == 0 and "Result: PASS" in text, text
