#!/bin/sh
# Runs a command with a Chromium and its driver on PATH, and an independent OpenID provider below build/browser.
set -eu
cd "$(dirname "$0")/.."
is_there() { command -v chromedriver >/dev/null 2>&1 && { command -v chromium || command -v google-chrome || command -v chromium-browser; } >/dev/null 2>&1; }
if ! is_there; then
    command -v apt-get >/dev/null 2>&1 || { echo "Chromium or chromedriver is not on PATH, and this is no Debian to take them from." >&2; exit 1; }
    as_root=""; [ "$(id -u)" = 0 ] || as_root="sudo -n"
    $as_root apt-get install --yes --quiet --quiet --no-install-recommends chromium chromium-driver
fi
command -v npm >/dev/null 2>&1 || { echo "node and npm are not on PATH; the provider of the browser tests needs them (Node 20 or later)." >&2; exit 1; }
mkdir -p build/browser
cp tests/browser/package.json tests/browser/package-lock.json tests/browser/provider.mjs build/browser/
(cd build/browser && npm ci --silent --no-audit --no-fund --ignore-scripts)
exec "$@"
