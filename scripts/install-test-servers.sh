#!/bin/sh
# Install the servers and programs the full test run talks to (Debian, Ubuntu).
# Quick and silent when they are there. Without the rights, says what is missing.
set -eu

packages="dovecot-imapd dovecot-lmtpd mariadb-server chromium fonts-noto-cjk tesseract-ocr tesseract-ocr-eng clamav-daemon openssl strace libfaketime systemd"
log="${INTAKE_APT_LOG:-${TMPDIR:-/tmp}/install-test-servers.log}"

if ! command -v dpkg-query >/dev/null 2>&1 || ! command -v apt-get >/dev/null 2>&1; then
    echo "This is not Debian: install what provides: $packages" >&2
    exit 1
fi

missing=""
for package in $packages; do
    state=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$state" = "installed" ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ]; then
    as_root=""
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    as_root="sudo -n"
else
    echo "Missing, and this user may not install: run as root: apt-get install$missing" >&2
    exit 1
fi

# A package that starts its service on installation would take ports 143 and 24.
# env, because sudo does not pass variables on.
run() { $as_root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 "$@"; }

echo "Installing$missing (log: $log)"
# shellcheck disable=SC2086 # $missing is a list
if ! { run apt-get update -q && run apt-get install -q -y --no-install-recommends $missing; } >"$log" 2>&1; then
    echo "Installing failed:" >&2
    grep -E '^(E|W|Err|dpkg):?' "$log" >&2 || tail -n 20 "$log" >&2
    exit 1
fi
