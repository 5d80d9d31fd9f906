import pytest

from server.store.columns import in_list
from server.store.statements import numbered


@pytest.mark.parametrize(
    ("sql", "text", "names"),
    [
        ("SELECT 1", "SELECT 1", ()),
        ("a = :x", "a = $1", ("x",)),
        ("a=:x AND b=:y2 OR c=:x", "a=$1 AND b=$2 OR c=$1", ("x", "y2")),
        ("VALUES (:a,:b),(:c,:a)", "VALUES ($1,$2),($3,$1)", ("a", "b", "c")),
        ("CAST(:x AS BIGINT), y::text, :z::bigint", "CAST($1 AS BIGINT), y::text, $2::bigint", ("x", "z")),
        ("':no' || :yes || 'it''s :no'", "':no' || $1 || 'it''s :no'", ("yes",)),
        ('":no", "a"":no" = :yes', '":no", "a"":no" = $1', ("yes",)),
        ("1 -- :no\n + :yes", "1 -- :no\n + $1", ("yes",)),
        ("/* :no ' */ :yes", "/* :no ' */ $1", ("yes",)),
        ("$$ :no ' $$ || $tag$ :no $$ $tag$ || :yes", "$$ :no ' $$ || $tag$ :no $$ $tag$ || $1", ("yes",)),
        ("a[1:2], '12:30', :_u", "a[1:2], '12:30', $1", ("_u",)),
    ],
)
def test_names_become_numbers_outside_of_quotes_and_comments(
    sql: str, text: str, names: tuple[str, ...]
) -> None:
    assert numbered(sql) == (text, names)


def test_a_list_of_values_is_a_list_of_names() -> None:
    assert in_list("id", [7, 9]) == ("(:id_0, :id_1)", {"id_0": 7, "id_1": 9})


def test_nothing_is_in_an_empty_list() -> None:
    assert in_list("id", []) == ("(NULL)", {})
