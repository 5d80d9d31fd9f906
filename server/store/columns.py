"""Pieces of SQL text that are made from a number of values."""

from collections.abc import Sequence

from server.store.drivers import Value


def in_list(name: str, ids: Sequence[Value]) -> tuple[str, dict[str, Value]]:
    """The right side of IN for a bounded list: `("(:id_0, :id_1)", {"id_0": 7, "id_1": 9})`.

    Nothing is in the list of no values, `(NULL)`; everything "is not in" it only with an IS NULL beside.
    """
    values = {f"{name}_{place}": value for place, value in enumerate(ids)}
    return f"({', '.join(f':{key}' for key in values) or 'NULL'})", values
