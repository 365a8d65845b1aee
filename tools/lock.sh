#!/bin/sh
# Writes the hash-pinned requirement files from pyproject.toml. Nothing of this machine's index settings enters them.
set -eu
cd "$(dirname "$0")/.."
compile() {
    env -u UV_INDEX -u UV_DEFAULT_INDEX -u UV_INDEX_URL -u UV_EXTRA_INDEX_URL -u UV_FIND_LINKS \
        .venv/bin/uv pip compile --quiet --no-config --python-version 3.11 --generate-hashes \
        --no-header --no-annotate "$@"
}
compile pyproject.toml --universal -o requirements/client.txt ${UPGRADE:+--upgrade}
compile pyproject.toml --universal --extra server -o requirements/server.txt -c requirements/client.txt
compile pyproject.toml --universal --extra server --group dev -o requirements/dev.txt -c requirements/server.txt
grep -o '^uv==[0-9.]*' requirements/dev.txt | compile - --universal -o requirements/uv.txt
printf 'keyring\npywin32-ctypes\npython-embed==3.11.0\n' |
    compile - --python-platform windows -o tools/wine.txt -c requirements/client.txt
