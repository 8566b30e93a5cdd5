"""The document: frozen values, edits, history, and the project on disk."""
