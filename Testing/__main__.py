"""`python3 Testing [--without-torch] [pytest's arguments]`: sets up .venv, then runs every check, or just pytest.

Parses on Python 3.6, so that an old Python reads a sentence and not a SyntaxError: hence so little stands here.
"""

import os
import sys

TESTING = os.path.dirname(os.path.realpath(__file__))  # noqa: PTH120


def main():  # type: ignore[no-untyped-def]
    sys.path.insert(0, os.path.join(os.path.dirname(TESTING), "MosMedCOVID"))  # noqa: PTH118, PTH120
    from MosMedCOVIDLib.environment import supported

    reason = supported.why_not("Testing")
    if reason:
        sys.stderr.write(reason + "\n")
        return 4
    import all_checks

    return all_checks.main(TESTING, sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
