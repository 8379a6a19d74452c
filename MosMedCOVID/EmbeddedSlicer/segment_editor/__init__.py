"""The Segment Editor: a brush, an eraser and a threshold that edit the segments of a segmentation in the views."""
