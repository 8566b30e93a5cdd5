"""Network architectures, built by code from a model card."""
