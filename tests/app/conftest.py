"""Sessions without networks, unless a test asks for them."""

from tests.quick_ink import quick_ink

__all__ = ["quick_ink"]
