"""Files that survive a crash: written whole or not at all, synced, readable by the owner alone."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from redshift_migrate.errors import StateNotWritten


def private_folder(path: Path) -> Path:
    """The folder, made with mode 0700 if it is not there."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


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


def write_whole(path: Path, text: str) -> None:
    """Replace the file by the text in one move, mode 0600, synced to disk with its folder. Raises StateNotWritten."""
    with writing(path):
        private_folder(path.parent)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make a new or renamed entry of the folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
