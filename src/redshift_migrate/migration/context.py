"""Whether a journal may be acted upon here: its account, and the version that began it."""

from __future__ import annotations

import redshift_migrate
from redshift_migrate.errors import JournalMismatch
from redshift_migrate.models.journal import Journal


def require_same_account(journal: Journal, account_id: str) -> None:
    """JournalMismatch if the run belongs to another account."""
    header = journal.header
    if header.account_id != account_id:
        raise JournalMismatch(
            f"Migration {header.migration_id} belongs to account {header.account_id}, and these credentials are of "
            f"{account_id}. Nothing was done.",
            hint="Use the credentials of that account.",
        )


def require_same_context(journal: Journal, account_id: str) -> None:
    """JournalMismatch if the run belongs to another account, or was begun by another version."""
    require_same_account(journal, account_id)
    header = journal.header
    if header.tool_version != redshift_migrate.__version__:
        raise JournalMismatch(
            f"Migration {header.migration_id} was begun by version {header.tool_version}, this is "
            f"{redshift_migrate.__version__}. Nothing was done.",
            hint="Finish it with the version that began it.",
        )
