"""Results on disk: exact, never over an existing file, never half written."""
