"""How do graders' programs read what was found? As JUnit's XML, which most of them know."""

from __future__ import annotations

import re
from collections.abc import Mapping
from io import BytesIO
from xml.etree import ElementTree

from minikeras.testing.checking import Finding, Report
from minikeras.testing.text import broken_text, deed_text, not_checked_text
from minikeras.testing.wording import about_law

FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, 2.2


def junit(reports: Mapping[str, Report], lang: str = "en") -> bytes:
    """Return reports, by the name of the submission, as a file in JUnit's format.

    A submission is a suite, a law one of its tests: skipped where it was not checked. What ended a
    check early is an error in a test named `check`.

    >>> report = Report("A1", "better", (Finding("nan", True), Finding("tie", None, reason="time")))
    >>> print(junit({"kim.py": report}).decode())  # doctest: +NORMALIZE_WHITESPACE
    <?xml version='1.0' encoding='utf-8'?>
    <testsuites>
      <testsuite name="kim.py" tests="2" failures="0" errors="0" skipped="1">
        <testcase classname="kim.py" name="nan" />
        <testcase classname="kim.py" name="tie">
          <skipped message="The time was up." />
        </testcase>
      </testsuite>
    </testsuites>
    """
    suites = ElementTree.Element("testsuites")
    for submission, report in reports.items():
        suites.append(_suite(allowed(submission), report, lang))
    ElementTree.indent(suites)
    file = BytesIO()
    ElementTree.ElementTree(suites).write(file, "utf-8", xml_declaration=True)
    return file.getvalue() + b"\n"


def allowed(text: str) -> str:
    r"""Return a text without the characters that no XML file may hold.

    >>> allowed("a\x00b")
    'ab'
    """
    return FORBIDDEN.sub("", text)


def _suite(submission: str, report: Report, lang: str) -> ElementTree.Element:
    held = [finding.holds for finding in report.findings]
    counts = {
        "tests": len(held) + (report.trouble is not None),
        "failures": held.count(False),
        "errors": int(report.trouble is not None),
        "skipped": held.count(None),
    }
    suite = ElementTree.Element("testsuite", name=submission)
    suite.attrib.update({name: str(count) for name, count in counts.items()})
    if report.trouble:
        test = ElementTree.SubElement(suite, "testcase", classname=submission, name="check")
        message = allowed(deed_text(report.trouble, lang, "trouble"))
        ElementTree.SubElement(test, "error", message=message)
    for finding in report.findings:
        test = ElementTree.SubElement(suite, "testcase", classname=submission, name=finding.law)
        _tell(test, report, finding, lang)
    return suite


def _tell(test: ElementTree.Element, report: Report, finding: Finding, lang: str) -> None:
    if finding.holds is None:
        message = allowed(not_checked_text(finding, lang))
        ElementTree.SubElement(test, "skipped", message=message)
    elif not finding.holds:
        message = about_law(report.exercise, finding.law, lang)["law"]
        failure = ElementTree.SubElement(test, "failure", message=message)
        failure.text = allowed(broken_text(report, finding, lang))
