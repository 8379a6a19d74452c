"""`python3 Testing/Benchmarks [NAME…] [--rounds N] [--slices 40 148 400]`: how long each step takes, beside yardsticks.

Ratios are of one run, A and B in turn, so that they hold where seconds don't. Needs what `python3 Testing` needs, and
lungmask (Python 3.11 or newer) for the yardstick of segmenting.
"""

import os
import sys

BENCHMARKS = os.path.dirname(os.path.realpath(__file__))  # noqa: PTH120
ROOT = os.path.dirname(os.path.dirname(BENCHMARKS))  # noqa: PTH120


def main():  # type: ignore[no-untyped-def]
    sys.path.insert(0, os.path.join(ROOT, "MosMedCOVID"))  # noqa: PTH118
    from MosMedCOVIDLib.environment import supported

    reason = supported.why_not("Testing/Benchmarks")
    if reason:
        sys.stderr.write(reason + "\n")
        return 4
    import all_benchmarks

    return all_benchmarks.main(BENCHMARKS, sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
