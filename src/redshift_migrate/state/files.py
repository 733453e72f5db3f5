"""Files that survive a crash: written whole or not at all, synced, readable by the owner alone, locked for one writer.

Everything that we keep on disk is read, written and locked by these functions and no others.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import functools
import logging
import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from redshift_migrate.errors import SettingsError, StateDamaged, StateNotWritten

PASSED_OVER = logging.getLogger("redshift_migrate.passed_over")
"""What a person should see though nothing failed; ./chat shows it beside its log."""


def private_folder(path: Path) -> Path:
    """The folder; it and those above it are made for their owner alone where they are not there, whatever the umask."""
    if not path.is_dir():
        if path.parent != path:
            private_folder(path.parent)
        try:
            path.mkdir()
        except FileExistsError:
            if not path.is_dir():
                raise
        else:
            path.chmod(0o700)
    return path


def require_own(folder: Path) -> None:
    """SettingsError for a folder in which somebody else could put plans and approvals. None at all is fine."""
    try:
        status = folder.stat()
    except OSError:
        return  # it is met again, and told, by whoever reads or writes there
    if not stat.S_ISDIR(status.st_mode):
        return
    if status.st_uid != os.geteuid():
        why, hint = "belongs to another user", "Name a folder of your own with REDSHIFT_AGENT_STATE."
    elif status.st_mode & 0o022:
        why, hint = "can be written by other users", f"Look at what is in it, then: chmod go-w {folder}"
    else:
        return
    raise SettingsError(
        f"The state folder {folder} {why}, so plans and approvals in it could be theirs. Nothing was done.", hint=hint
    )


@contextlib.contextmanager
def writing(path: Path) -> Iterator[None]:
    """What the file system refuses becomes StateNotWritten, which names the file."""
    try:
        yield
    except OSError as error:
        raise StateNotWritten(
            f"{path} could not be written: {error.strerror or error}.",
            hint="Free some space or mend the permissions; REDSHIFT_AGENT_STATE names another folder.",
            file=str(path),
        ) from error


@contextlib.contextmanager
def reading(path: Path) -> Iterator[None]:
    """What the file system refuses, and what is no text, becomes StateDamaged, which names the file."""
    try:
        yield
    except UnicodeDecodeError as error:
        raise tell_damage(path, "it is not text") from error
    except OSError as error:
        raise tell_damage(path, error.strerror or str(error)) from error


@functools.cache
def pass_over(error: str) -> None:
    """Say once that something kept is damaged, and that it stands in nobody's way."""
    PASSED_OVER.warning("%s It was passed over.", error)


def tell_damage(path: Path | str, why: str) -> StateDamaged:
    """The error for a file of ours that cannot be used."""
    return StateDamaged(
        f"{path} cannot be used: {why}. Nothing was done on its word.",
        hint="Mend it or move it out of the way; REDSHIFT_AGENT_STATE names another folder.",
        file=str(path),
    )


def read_whole(path: Path) -> str | None:
    """The text of the file, None if there is none. Raises StateDamaged."""
    with reading(path):
        try:
            return path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None


def write_whole(path: Path, text: str) -> None:
    """Replace the file by the text in one move, mode 0600, synced to disk with its folder. Raises StateNotWritten."""
    with writing(path):
        with _written_beside(path, text.encode()) as temporary:
            os.replace(temporary, path)
        sync_folder(path.parent)


@contextlib.contextmanager
def _written_beside(path: Path, data: bytes) -> Iterator[Path]:
    """A whole, synced file in the same folder, which is gone afterwards unless it was renamed."""
    private_folder(path.parent)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            _write(file.fileno(), data)
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def files_in(folder: Path, suffix: str) -> list[Path]:
    """The folder's files with that suffix, the one written last at the end. Raises StateDamaged for no folder."""
    with reading(folder):
        try:
            found = [
                Path(entry) for entry in os.scandir(folder) if entry.name.endswith(suffix) and entry.name[0] != "."
            ]
        except FileNotFoundError:
            return []
        return sorted(found, key=lambda file: (_changed_at(file), file.name))


def set_aside(path: Path) -> Path:
    """Move what is damaged out of the way under another name, so that nothing of it is lost. Returns where it is."""
    number = 1
    while (aside := path.with_name(f"damaged-{number}-{path.name}")).exists():
        number += 1
    with writing(aside):
        path.rename(aside)
    return aside


def sync_folder(folder: Path) -> None:
    """Make a new or renamed entry of the folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class LockTaken(Exception):
    """Another has the lock. Callers know what that means for people, and say so."""

    def __init__(self, holder: str) -> None:
        super().__init__(holder)
        self.holder = holder
        """The number of its process, empty if it did not say."""


class Lock:
    """The one lock: held by one process, or thread, until it is released or the process ends, however it ends."""

    def __init__(self, path: Path, *, wait: bool = False) -> None:
        """Take it. LockTaken while another has it, unless `wait`; StateNotWritten when there can be no lock."""
        with writing(path):
            private_folder(path.parent)
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError as error:
            holder = os.pread(self._descriptor, 20, 0).decode("ascii", "replace").strip()
            os.close(self._descriptor)
            raise LockTaken(holder) from error
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, str(os.getpid()).encode(), 0)

    def release(self) -> None:
        """Let another take it."""
        with contextlib.suppress(OSError):  # released already
            os.close(self._descriptor)

    def __enter__(self) -> Lock:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


class LineFile:
    """A file that only grows, line by line; each line has its number and is on disk when `add` returns.

    A last line without its newline was being written when the process died: it never counted.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._end = self._count = 0  # up to where it was read, and how many lines that is

    def add(self, number: int, line: str) -> bool:
        """Write the line of that number. False if there is one already, or none before it."""
        data = f"{line}\n".encode()
        return self._begin(data) if number == 0 else self._append(number, data)

    def lines(self) -> list[str] | None:
        """Every whole line, None if there is no file."""
        text = read_whole(self._path)
        return text.split("\n")[:-1] if text is not None else None

    def last(self) -> str | None:
        """The newest line, None if there is none."""
        with reading(self._path):
            try:
                file = self._path.open("rb")
            except FileNotFoundError:
                return None
            with file:
                end = file.seek(0, os.SEEK_END)
                size = min(end, 4096)
                while True:
                    file.seek(end - size)
                    lines = file.read(size).split(b"\n")
                    if len(lines) > 2 or size == end:
                        return lines[-2].decode() if len(lines) > 1 else None
                    size = min(end, size * 4)

    def _begin(self, data: bytes) -> bool:
        """Under its name only once its first line is whole: without that, the rest could not be read at all."""
        with writing(self._path):
            try:
                with _written_beside(self._path, data) as begun:
                    os.link(begun, self._path)
            except FileExistsError:
                if not self.lines():
                    raise tell_damage(self._path, "it has no whole line") from None
                return False
            sync_folder(self._path.parent)
        return True

    def _append(self, number: int, data: bytes) -> bool:
        with writing(self._path):
            try:
                descriptor = os.open(self._path, os.O_RDWR | os.O_APPEND)
            except FileNotFoundError:
                return False
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                end = self._read_on(descriptor)
                if number != self._count:
                    return False
                os.ftruncate(descriptor, end)  # half a line would spoil the next one
                try:
                    _write(descriptor, data)
                except OSError:
                    os.ftruncate(descriptor, end)
                    raise
            finally:
                os.close(descriptor)
        return True

    def _read_on(self, descriptor: int) -> int:
        """Count the lines that were added since, by whomever. Where the last whole one ends."""
        size = os.fstat(descriptor).st_size
        if size < self._end:
            self._end = self._count = 0
        added = os.pread(descriptor, size - self._end, self._end)
        self._count += added.count(b"\n")
        self._end += added.rfind(b"\n") + 1
        return self._end


def _write(descriptor: int, data: bytes) -> None:
    if os.write(descriptor, data) != len(data):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    os.fsync(descriptor)


def _changed_at(file: Path) -> int:
    """When it was written last; of a file that was just taken away, long ago."""
    try:
        return file.lstat().st_mtime_ns
    except OSError:
        return 0
