#!/usr/bin/env bash
# Builds the virtual environment from the hash-pinned lock. uv does it in seconds; where uv cannot be had, or
# cannot reach what pip is configured to reach (a private mirror, say), plain pip does the same from the same lock.
set -euo pipefail
python=$1 venv=$2 installer=$3 lock=${4:-requirements.lock}

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
  echo "savedesk needs Python 3.11 or newer; $python is $("$python" -V 2>&1). Next: make PYTHON=python3.11 ..." >&2
  exit 4
}
echo "building $venv from $lock" >&2
rm -f "$venv"/.lock-* "$venv"/.spark-*
if bash "$(dirname "$0")/env_elsewhere.sh" "$venv"; then
  echo "$venv was made in another folder and runs its code: building it anew" >&2
  rm -rf "$venv"
fi
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"

with_uv() {
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bootstrap.lock &&
    "$venv/bin/uv" pip sync --quiet --compile-bytecode --python "$venv/bin/python" --require-hashes requirements-bootstrap.lock "$lock"
}
with_pip() {
  "$venv/bin/python" -m pip install --disable-pip-version-check --quiet --require-hashes -r "$lock"
}
if [ "$installer" != uv ] || ! with_uv; then
  [ "$installer" != uv ] || echo "uv could not do it; installing with pip (slower)" >&2
  with_pip
fi
"$venv/bin/python" -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation -e .

# Whoever starts Python here, MLflow's own commands too, reports nothing to anybody (docs/decisions.md, "No telemetry").
site=$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
echo 'import os; [os.environ.setdefault(name, "true") for name in ("MLFLOW_DISABLE_TELEMETRY", "DO_NOT_TRACK")]; os.environ.setdefault("DVC_NO_ANALYTICS", "1")' > "$site/savedesk_quiet.pth"
