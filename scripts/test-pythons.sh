#!/usr/bin/env bash
# Installs the desk, with its tests, under each Python that the Makefile's own is not, and runs the suite there.
# Looks on PATH and under ~/.pyenv; says which versions it did not find.
set -euo pipefail
cd "$(dirname "$0")/.."

find_python() { # VERSION -> path of a working interpreter
    local candidate
    for candidate in "python$1" "$HOME"/.pyenv/versions/"$1".*/bin/python; do
        if "$candidate" -c "import sys; sys.exit('%d.%d' % sys.version_info[:2] != '$1')" 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    return 1
}

failed=0
for version in ${VERSIONS:-3.12 3.13}; do
    if ! python=$(find_python "$version"); then
        echo "Python $version: not found"
        continue
    fi
    echo "Python $version: $python"
    venv=.venv-py$version
    [ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
    install=("$venv/bin/python" -m pip install --quiet --disable-pip-version-check)
    "${install[@]}" --require-hashes -r locks/build.txt
    "${install[@]}" --no-build-isolation --require-hashes -r locks/test.txt
    "${install[@]}" --no-build-isolation --no-deps -e .
    "$venv/bin/intake" --version
    "$venv/bin/python" -c 'import intake.queue.tasks, queue; queue.SimpleQueue()'
    TMPDIR=$(sh scripts/test-folder.sh) PYTHONPATH=tests "$venv/bin/python" -m pytest -p plugin_noskip -rs -n 2 "$@" || failed=1
done
exit $failed
