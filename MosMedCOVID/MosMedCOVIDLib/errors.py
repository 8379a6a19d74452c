"""The errors that a user may meet: the text is the sentence they read, the class decides the exit code."""


def one_line(text: str) -> str:
    """A text without line breaks, control characters and other letters that cannot be shown: names may hold them."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)


class MosMedError(Exception):
    """Something went wrong that the user can be told in one sentence: what, where, what to do."""

    exit_code = 1


class UsageError(MosMedError):
    """Wrong usage, or a path that doesn't exist."""

    exit_code = 2

    def __init__(self, reason: str) -> None:
        super().__init__(one_line(reason))


class StudyRefused(MosMedError):
    """This is not a study, or not one that can be read or graded safely. `check` names the check that refused."""

    exit_code = 3

    def __init__(self, check: str, reason: str) -> None:
        super().__init__(one_line(reason))
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
