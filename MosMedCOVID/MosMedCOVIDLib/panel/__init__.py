"""What the reader sees and presses: one file per section of the panel; it knows Qt, and computes nothing itself."""
