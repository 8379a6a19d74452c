"""The errors that a user may meet: the text is the sentence they read, the class decides the exit code."""


class MosMedError(Exception):
    """Something went wrong that the user can be told in one sentence: what, where, what to do."""

    exit_code = 1


class UsageError(MosMedError):
    """Wrong usage, or a path that doesn't exist."""

    exit_code = 2


class StudyRefused(MosMedError):
    """This is not a study, or not one that can be read or graded safely. `check` names the check that refused."""

    exit_code = 3

    def __init__(self, check: str, reason: str) -> None:
        super().__init__(reason)
        self.check = check


class SetupError(MosMedError):
    """A package, the weights or the device are missing or damaged."""

    exit_code = 4


class SaveError(MosMedError):
    """A result could not be written; nothing that stood before was touched."""

    exit_code = 5


class Cancelled(MosMedError):
    """The user stopped the work."""

    exit_code = 130


class WorkerDied(SetupError):
    """The segmentation process ended before its work was done."""
