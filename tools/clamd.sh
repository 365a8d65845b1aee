#!/bin/sh
# Runs a command with clamd on PATH: the system's own, else one that is unpacked below build/clamd.
# Installing the package would also start its daemon and the updater that loads hundreds of megabytes of signatures.
set -eu
cd "$(dirname "$0")/.."
if ! command -v clamd >/dev/null 2>&1; then
    command -v apt-get >/dev/null 2>&1 || { echo "clamd is not on PATH, and this is no Debian to take it from." >&2; exit 1; }
    folder="$PWD/build/clamd"
    if [ ! -x "$folder/usr/sbin/clamd" ]; then
        mkdir -p "$folder/packages"
        missing=$(apt-get install --simulate --no-install-recommends clamav-daemon | sed -n 's/^Inst \([^ ]*\).*/\1/p')
        [ -n "$missing" ] || { echo "apt-get knows no package clamav-daemon: try apt-get update." >&2; exit 1; }
        # shellcheck disable=SC2086 # several packages
        (cd "$folder/packages" && apt-get download --quiet --quiet $missing)
        for package in "$folder"/packages/*.deb; do dpkg-deb --extract "$package" "$folder"; done
    fi
    libraries=$(find "$folder/usr/lib" -name '*.so*' -exec dirname {} \; | sort -u | paste -s -d :)
    mkdir -p "$folder/bin"
    printf '#!/bin/sh\nLD_LIBRARY_PATH="%s" exec "%s/usr/sbin/clamd" "$@"\n' "$libraries" "$folder" >"$folder/bin/clamd"
    chmod +x "$folder/bin/clamd"
    export PATH="$folder/bin:$PATH"
fi
exec "$@"
