"""Lungs and lesions of a study, by a network that runs in a process of its own."""
