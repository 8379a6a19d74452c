"""A chest CT from disk: read, held and checked. Knows nothing of networks, grades or windows."""
