"""Pixels: loading scans, thresholds, tiles, line finding and crops."""
