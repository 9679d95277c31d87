"""Facts as rows of one table, for CSV and Parquet."""

from requests_service.audit.sealed_facts import SealedFact

Value = str | int | bool | None

COLUMNS: dict[str, type] = {
    "leaf_index": int,
    "position": int,
    "stream": str,
    "version": int,
    "type": str,
    "type_version": int,
    "occurred_at": str,
    "recorded_at": str,
    "actor": str,
    "role": str,
    "agency": str,
    "on_behalf_of": str,
    "idempotency_key": str,
    "causation": str,
    "correlation": str,
    "state_sha256": str,
    "register_number": str,
    "step": int,
    "next_step": int,
    "was_due": str,
    "late": bool,
    "state": str,
}
"""The fifteen keys of an entry, where it is in the tree, what is asked for most often of the
state, and the whole state. No column is called `at`, which DuckDB keeps for itself."""


def row_of(sealed: SealedFact) -> dict[str, Value]:
    """By column."""
    told = sealed.told
    return {
        "leaf_index": sealed.leaf_index,
        **sealed.entry,
        "register_number": sealed.register_number,
        "step": told.get("step"),
        "next_step": told.get("next_step"),
        "was_due": told.get("was_due"),
        "late": told.get("late"),
        "state": sealed.state,
    }
