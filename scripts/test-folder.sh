#!/bin/sh
# Prints where tests keep what they make: in memory where there is room and programs may run, for on a disk
# each commit of a desk waits milliseconds, and tests make many thousands. TMPDIR, where it is set, stays.
memory=/dev/shm
enough=6000000 # KB; a run leaves less than a gigabyte, and processes need the rest

free() {
    df -Pk "$memory" 2>/dev/null | awk 'NR == 2 { print $4 }'
    awk '$1 == "MemAvailable:" { print $2 }' /proc/meminfo 2>/dev/null
}

fits() {
    [ "$(free | awk -v enough="$enough" '$1 > enough' | wc -l)" -eq 2 ] || return 1
    try=$(mktemp "$memory/intake.XXXXXX" 2>/dev/null) || return 1
    printf '#!/bin/sh\n' >"$try"
    chmod 700 "$try"
    "$try" 2>/dev/null
    status=$?
    rm -f "$try"
    return $status
}

if [ -z "${TMPDIR:-}" ] && fits; then
    echo "$memory"
else
    echo "${TMPDIR:-/tmp}"
fi
