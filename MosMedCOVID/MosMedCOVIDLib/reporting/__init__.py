"""Results for the eye: text and pictures. Shows figures, computes none."""
