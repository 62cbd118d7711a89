#!/bin/sh
# Make the virtual environment, and put exactly the locked packages into it.
#   environment.sh create UV_VERSION
#   environment.sh install LOCK
set -eu
cd "$(dirname "$0")/.."

create() {
    for python in python3 python3.14 python3.13 python3.12 python3.11; do
        if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then break; fi
        python=
    done
    if [ -z "$python" ]; then
        echo "Participa needs Python 3.11 or newer: install it and try again." >&2
        exit 1
    fi
    if ! said=$("$python" -m venv --clear .venv 2>&1); then
        echo "$said" >&2
        echo "Python's venv module is missing; on Debian and Ubuntu: apt-get install python3-venv" >&2
        rm -rf .venv
        exit 1
    fi
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-compile "uv==$1"
}

install() {
    echo "Installing the packages of $1 …"
    # Compiled here and now: the first start, which people wait for, is then as quick as the others.
    if ! VIRTUAL_ENV=.venv .venv/bin/uv pip sync --quiet --system-certs --compile-bytecode --require-hashes "$1"; then
        echo "uv did not succeed; trying with pip, which knows this machine's own settings …" >&2
        .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$1"
    fi
    # The command runs from this folder: no build, no copy.
    .venv/bin/python - <<'PYTHON'
import pathlib, sysconfig
pathlib.Path(sysconfig.get_path("purelib"), "participa-clone.pth").write_text(f"{pathlib.Path.cwd()}\n")
command = pathlib.Path(".venv/bin/participa")
command.unlink(missing_ok=True)
command.write_text(f"#!{pathlib.Path.cwd()}/.venv/bin/python\nfrom participa.cli import main\n\nmain()\n")
command.chmod(0o755)
PYTHON
}

case "$1" in
    create | install) "$@" ;;
    *) echo "environment.sh create UV_VERSION | install LOCK" >&2; exit 2 ;;
esac
