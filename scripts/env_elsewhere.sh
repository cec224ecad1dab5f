#!/usr/bin/env bash
# Succeeds where a virtual environment was made in another folder, as in a project that was moved or copied.
set -euo pipefail
venv=$1 program=$1/bin/savedesk
[ -f "$program" ] || exit 1
place=$(cd "$venv" && pwd -P)
! head -n 3 "$program" | grep -qF "$place/bin/python"
