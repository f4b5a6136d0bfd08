"""Runs a suite of Python's unittest and writes the outcome of each test as a line of JSON.

unittest_outcomes.py MODULE:FUNCTION FILE     the function returns the suite
"""

import importlib
import json
import sys
import unittest


class Outcomes(unittest.TextTestResult):
    file = None

    def write(self, test, outcome, why=""):
        print(json.dumps([test.id(), outcome, why]), file=self.file, flush=True)

    @staticmethod
    def kind(error):
        return error[0].__name__

    def addSuccess(self, test):
        super().addSuccess(test)
        self.write(test, "passed")

    def addError(self, test, error):
        super().addError(test, error)
        self.write(test, "failed", self.kind(error))

    def addFailure(self, test, error):
        super().addFailure(test, error)
        self.write(test, "failed", self.kind(error))

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.write(test, "skipped")

    def addExpectedFailure(self, test, error):
        super().addExpectedFailure(test, error)
        self.write(test, "failed as expected", self.kind(error))

    def addUnexpectedSuccess(self, test):
        super().addUnexpectedSuccess(test)
        self.write(test, "passed unexpectedly")

    def addSubTest(self, test, subtest, error):
        super().addSubTest(test, subtest, error)
        if error is not None:
            self.write(test, "failed", self.kind(error))


def main(suite, file):
    module, function = suite.split(":")
    with open(file, "w", encoding="utf-8") as Outcomes.file:
        unittest.TextTestRunner(verbosity=2, resultclass=Outcomes).run(getattr(importlib.import_module(module), function)())


if __name__ == "__main__":
    main(*sys.argv[1:])
