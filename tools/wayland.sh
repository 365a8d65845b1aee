#!/bin/sh
# Runs a command with a Wayland compositor (sway), grim and wl-clipboard on PATH: the system's own, else
# unpacked below build/wayland, 3 MB of Debian packages; nothing is installed.
set -eu
cd "$(dirname "$0")/.."
if ! command -v sway >/dev/null 2>&1 || ! command -v wl-paste >/dev/null 2>&1 || ! command -v grim >/dev/null 2>&1; then
    command -v apt-get >/dev/null 2>&1 || { echo "sway, grim and wl-clipboard are missing, and this is no Debian." >&2; exit 1; }
    folder="$PWD/build/wayland"
    if [ ! -x "$folder/usr/bin/sway" ]; then
        mkdir -p "$folder/packages"
        missing=$(apt-get install --simulate --no-install-recommends sway grim wl-clipboard | sed -n 's/^Inst \([^ ]*\).*/\1/p')
        [ -n "$missing" ] || { echo "apt-get knows no package sway: try apt-get update." >&2; exit 1; }
        # shellcheck disable=SC2086 # several packages
        (cd "$folder/packages" && apt-get download --quiet --quiet $missing)
        for package in "$folder"/packages/*.deb; do dpkg-deb --extract "$package" "$folder"; done
    fi
    libraries=$(find "$folder/usr/lib" -name '*.so*' -exec dirname {} \; | sort -u | paste -s -d :)
    mkdir -p "$folder/bin"
    for program in sway grim wl-copy wl-paste; do
        printf '#!/bin/sh\nLD_LIBRARY_PATH="%s" exec "%s/usr/bin/%s" "$@"\n' "$libraries" "$folder" "$program" >"$folder/bin/$program"
        chmod +x "$folder/bin/$program"
    done
    export PATH="$folder/bin:$PATH"
fi
exec "$@"
