"""The command line hwocr, one module a command."""
