"""totals.py JUNIT-XML: prints how many tests passed and how many did not (failures, errors and skips)."""
import sys
import xml.etree.ElementTree as tree

passed = failed = 0
try:
    for case in tree.parse(sys.argv[1]).iter("testcase"):
        if any(case.find(what) is not None for what in ("failure", "error", "skipped")):
            failed += 1
        else:
            passed += 1
except (OSError, tree.ParseError):
    failed += 1
print(passed, failed)
