#!/bin/sh
# Print the path of a Python that can run the program (3.11, 3.12 or 3.13, able to make
# a virtual environment), or nothing and fail. $PYTHON is tried first.
# A name alone proves nothing: version switchers leave commands that only complain.
for name in "${PYTHON:-}" python3.12 python3.11 python3.13 python3; do
    [ -n "$name" ] || continue
    path=$(command -v "$name") || continue
    if "$path" -c '
import sys
assert (3, 11) <= sys.version_info < (3, 14)
import ensurepip, venv
' >/dev/null 2>&1; then
        echo "$path"
        exit 0
    fi
done
exit 1
