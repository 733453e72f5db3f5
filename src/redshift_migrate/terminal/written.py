"""Files that a person asked for by name."""

from __future__ import annotations

import os
from pathlib import Path

from redshift_migrate.errors import SettingsError


def write_new(name: str, text: str) -> Path:
    """A new file for its owner alone. SettingsError for one that is there already or cannot be written."""
    file = Path(name).expanduser()
    try:
        with open(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as written:
            written.write(text)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise SettingsError(
            f"{file} cannot be written: {why}. Nothing was written.", hint="Name another file."
        ) from error
    return file
