# Sourced by chat and the scripts beside this file (POSIX sh, nothing that only GNU has).
# Wants: $root, the absolute path of the repository.
# Gives: ensure_venv VENV LOCK [ALSO_GOOD_LOCK ...] - make or refresh a virtual environment, only if needed.

_probe='
import sys
sys.stdout.write("%d.%d.%d" % sys.version_info[:3])
if sys.version_info < (3, 11):
    sys.exit(11)
try:
    import ensurepip, venv
except ImportError:
    sys.exit(12)
'

# Prints the first Python that can make the environment; says on stderr why there is none.
find_python() {
    _seen=''
    _no_venv=''
    for _candidate in python3.14 python3.13 python3.12 python3.11 python3 python; do
        _path=$(command -v "$_candidate" 2>/dev/null) || continue
        _status=0
        _version=$("$_path" -I -c "$_probe" 2>/dev/null </dev/null) || _status=$?
        case $_status in
            0) echo "$_path" && return 0 ;;
            11) _seen="$_seen, $_candidate is $_version" ;;
            12) _no_venv="$_candidate $_version" ;;
        esac
    done
    if [ -n "$_no_venv" ]; then
        echo "$_no_venv was found, but without its venv module; install it (on Debian and Ubuntu:" \
            "apt install python3-venv) and start again." >&2
    else
        echo "Python 3.11 or newer is needed and none was found on PATH${_seen}; install one" \
            "(https://www.python.org/downloads/) and start again." >&2
    fi
    return 2
}

# True when VENV holds exactly one of the locks: the stamp is a copy of the lock that was installed, so one
# `cmp` is the whole check. A removed Python leaves bin/python dangling, which -x sees.
venv_is_ready() {
    [ -x "$1/bin/python" ] || return 1
    _stamp=$1/installed.lock
    shift
    for _lock in "$@"; do
        cmp -s "$_lock" "$_stamp" 2>/dev/null && return 0
    done
    return 1
}

# stdin stays untouched (it may carry the user's prompts) and stdout stays empty (it carries answers).
ensure_venv() {
    venv_is_ready "$@" && return 0
    _python=$(find_python) || exit 2
    "$_python" -I "${root:?}/scripts/bootstrap.py" "$@" </dev/null >&2 || exit $?
}
