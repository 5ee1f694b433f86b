#!/usr/bin/env bash
# Runs the suite with the newest of everything that the ranges of pyproject.toml allow, and says what moved.
# A red run here is no red `make test`: it tells what the next lock would bring.
set -euo pipefail
cd "$(dirname "$0")/.."

venv=.venv-newest
rm -rf "$venv"
"${PYTHON:-python3}" -m venv "$venv"
echo "Installing the newest of everything ..."
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --upgrade pip setuptools
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check -e '.[test]' editables
"$venv/bin/python" scripts/newest.py
status=0
TMPDIR=$(sh scripts/test-folder.sh) PYTHONPATH=tests "$venv/bin/python" -m pytest -p plugin_noskip -rs -n 2 "$@" || status=$?
"$venv/bin/python" scripts/newest.py
exit $status
