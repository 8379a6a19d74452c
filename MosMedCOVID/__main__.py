"""The door: `python3 MosMedCOVID ...` sets up .venv when it must, then opens the viewer or runs a command there.

Parses on Python 3.6, so that an old Python reads a sentence and not a SyntaxError: hence so little stands here.
"""

import os
import sys

MODULE = os.path.dirname(os.path.realpath(__file__))  # noqa: PTH120


def main():  # type: ignore[no-untyped-def]
    if MODULE not in sys.path:
        sys.path.insert(0, MODULE)
    from MosMedCOVIDLib.environment import supported

    reason = supported.why_not()
    if reason:
        sys.stderr.write(reason + "\n")
        return 4
    from MosMedCOVIDLib.environment.door import enter

    return enter(MODULE, sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
