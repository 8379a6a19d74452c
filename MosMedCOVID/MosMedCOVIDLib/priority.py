"""Work that nobody waits for: this process lets all others go first."""

import os
import sys

NICENESS = 15
BELOW_NORMAL_PRIORITY_CLASS = 0x4000  # of Windows


def give_way() -> None:
    """Whatever else wants a core gets it first."""
    if sys.platform == "win32":
        import ctypes

        kernel = ctypes.windll.kernel32
        kernel.GetCurrentProcess.restype = ctypes.c_void_p  # ctypes would cut it to 32 bits
        kernel.SetPriorityClass.argtypes = (ctypes.c_void_p, ctypes.c_uint32)
        kernel.SetPriorityClass(kernel.GetCurrentProcess(), BELOW_NORMAL_PRIORITY_CLASS)
    else:
        os.nice(NICENESS)
