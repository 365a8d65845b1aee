#!/bin/sh
# Finds a Python 3.11–3.13 that really starts, the one named by PYTHON first, and hands over to setup.py.
set -eu
cd "$(dirname "$0")/.."
for candidate in ${PYTHON:-} python3.11 python3.12 python3.13 python3; do
    if command -v "$candidate" >/dev/null 2>&1 &&
        "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' >/dev/null 2>&1; then
        exec "$candidate" -B tools/setup.py "$@"
    fi
done
echo "leaddesk needs Python 3.11, 3.12 or 3.13 on PATH; none was found." >&2
exit 1
