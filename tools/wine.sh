#!/bin/sh
# Runs a command with wine and, below build/wine, a Python for Windows with what the keyring needs there.
set -eu
cd "$(dirname "$0")/.."
is_there() { command -v wine64 >/dev/null 2>&1 || [ -x /usr/lib/wine/wine64 ]; }
if ! is_there; then
    command -v apt-get >/dev/null 2>&1 || { echo "wine is not here, and this is no Debian to take it from." >&2; exit 1; }
    as_root=""; [ "$(id -u)" = 0 ] || as_root="sudo -n"
    $as_root apt-get install --yes --quiet --quiet --no-install-recommends wine64
fi
if [ ! -f build/wine/python/python.exe ]; then
    rm -rf build/wine/python
    .venv/bin/uv pip install --quiet --target build/wine/python --python-platform windows --python-version 3.11 \
        --require-hashes -r tools/wine.txt
    printf 'python311.zip\r\n.\r\n..\\..\\..\r\n..\\..\\..\\src\r\n' > build/wine/python/python311._pth
fi
exec "$@"
