"""Interchange formats: PAGE XML and plain text."""
