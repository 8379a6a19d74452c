"""What tests of the worker process ask and do."""

import os


def is_running(process_id):
    """Whether there is still such a process."""
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    return True


def at_stage(stage, action):
    """An on_progress that does something as soon as a stage is reached."""

    def on_progress(progress):
        if progress.stage == stage:
            action()

    return on_progress
