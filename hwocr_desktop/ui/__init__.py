"""The window: small widgets that mirror the session."""
