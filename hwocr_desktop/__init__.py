"""A desktop program that cleans, reads and learns from scans of handwriting."""

__version__ = "0.1.0"
