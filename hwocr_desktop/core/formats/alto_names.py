"""Names and values that ALTO prescribes, and those of our own tag in it."""

from __future__ import annotations

NAMESPACE = "http://www.loc.gov/standards/alto/ns-v4#"
SCHEMA_VERSION = "4.4"
LOCATION = f"{NAMESPACE} http://www.loc.gov/standards/alto/v4/alto-4-4.xsd"
# Within a tag's XmlData anything may stand, in any namespace.
OUR_NAMESPACE = "urn:hwocr-desktop:lines"
OUR_TYPE = "hwocr"
OUR_LABEL = "what hwocr_desktop knows of the lines"
"""The attribute LABEL must be there; programs that list tags show it."""
