#!/usr/bin/env bash
# Bring the policies of an existing deployment to what template.yaml says. Shows the difference; changes it with --apply.
set -euo pipefail
root=$(CDPATH='' cd -P -- "$(dirname -- "$0")/../.." && pwd)
. "$root/scripts/bootstrap.sh"
ensure_venv "$root/.venv-sam" "$root/requirements-sam.lock"
cd "$root" && exec "$root/.venv-sam/bin/python" -m scripts.utils.update_permissions "$@"
