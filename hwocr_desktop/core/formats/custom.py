"""The attribute ``custom`` of PAGE XML, in the form that Transkribus gave it.

``readingOrder {index:0;} structure {type:heading;}``: a name, then properties in
braces. We add a name of our own, ``hwocr``, for what PAGE has no place for; other
programs pass over it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

Custom = dict[str, dict[str, str]]

_GROUP = re.compile(r"([\w.-]+)\s*\{([^{}]*)\}")
_SPECIAL = re.compile(r"[\\{};:\x00-\x1f]")
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")


def write_custom(groups: Mapping[str, Mapping[str, str]]) -> str:
    r"""Return the text of the attribute; groups without properties are left out.

    Examples
    --------
    >>> write_custom({"structure": {"type": "a;b"}, "hwocr": {}})
    'structure {type:a\\u003bb;}'
    """
    return " ".join(
        f"{name} {{{''.join(f'{k}:{_escape(v)};' for k, v in properties.items())}}}"
        for name, properties in groups.items()
        if properties
    )


def replace_groups(text: str, groups: Mapping[str, Mapping[str, str]]) -> str:
    """Return the text of the attribute with some groups replaced, all others kept.

    Parameters
    ----------
    text : str
        The attribute as it is; the same name may stand there more than once.
    groups : mapping of str to mapping
        The new groups; one without properties is taken out.

    Examples
    --------
    >>> replace_groups("abbrev {offset:1;} abbrev {offset:9;}", {"hwocr": {"a": "b"}})
    'abbrev {offset:1;} abbrev {offset:9;} hwocr {a:b;}'
    """
    stays = _GROUP.sub(lambda found: "" if found[1] in groups else found[0], text)
    return re.sub(" {2,}", " ", f"{stays} {write_custom(groups)}").strip()


def read_custom(text: str) -> Custom:
    """Return the groups and their properties; what is malformed is passed over.

    Examples
    --------
    >>> read_custom("readingOrder {index:3;} structure {type:marginalia;}")
    {'readingOrder': {'index': '3'}, 'structure': {'type': 'marginalia'}}
    """
    groups: Custom = {}
    for name, body in _GROUP.findall(text):
        properties = groups.setdefault(name, {})
        for item in body.split(";"):
            key, colon, value = item.partition(":")
            if colon:
                properties[key.strip()] = _unescape(value.strip(" "))
    return groups


def _escape(value: str) -> str:
    return _SPECIAL.sub(lambda match: f"\\u{ord(match[0]):04x}", value)


def _unescape(value: str) -> str:
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), value)
