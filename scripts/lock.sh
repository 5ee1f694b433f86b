#!/usr/bin/env bash
# Writes locks/: the version and hashes of all that `make run`, `make test`, CI and the image install.
# What is locked already stays as it is, unless NEWEST=1. Needs uv, given as UV.
set -euo pipefail
cd "$(dirname "$0")/.."

compile() { # NAME ARGUMENT... -> locks/NAME.txt
    local name=$1
    shift
    printf 'locks/%s.txt\n' "$name"
    # Universal: one file serves every Python from 3.11 on, and every platform.
    "${UV:-uv}" pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-header --no-emit-index-url --no-annotate \
        --custom-compile-command "make lock" ${NEWEST:+--upgrade} "$@" --output-file "locks/$name.txt"
}

mkdir -p locks
compile test pyproject.toml --extra test
compile demo pyproject.toml --extra demo --constraints locks/test.txt
compile run pyproject.toml --extra postgres --extra redis --extra s3 --extra images --extra files --extra import --constraints locks/test.txt
compile build --group build --constraints locks/test.txt
compile lock --group lock
