"""The schema: what the model learns from, and which tables it refuses."""

from __future__ import annotations

import ibis
import numpy as np
import pandas as pd
import pytest

from savedesk.errors import ModelSchemaError
from savedesk.model.schema import ModelSchema, encode, learn_schema
from savedesk.model.unseen import unseen_names

DTYPES = {"minutes": "float64", "plan": "string"}


def frame(**columns):
    return pd.DataFrame({"minutes": [1.0, None, 3.0, 4.0], "plan": ["a", "b", "a", None]} | columns)


def test_values_become_numbers_and_names_codes():
    schema = learn_schema(frame(), DTYPES, 1)
    expected = [[1, 0], [np.nan, 1], [3, 0], [4, np.nan]]
    assert np.array_equal(encode(frame(), schema), expected, equal_nan=True)
    assert schema.categorical == [1]


def test_the_schema_survives_its_file():
    schema = learn_schema(frame(), DTYPES, 1)
    assert ModelSchema.from_json(schema.to_json()) == schema


def test_a_number_beyond_those_of_the_training_rows_counts_as_the_nearest_of_them():
    schema = learn_schema(frame(), DTYPES, 1)
    beyond = encode(frame(minutes=[1e200, -5.0, None, 2.0]), schema)[:, 0]
    assert np.array_equal(beyond, [4, 1, np.nan, 2], equal_nan=True)


def test_rare_names_are_no_category():
    schema = learn_schema(frame(), DTYPES, 2)
    assert schema.columns[1].categories == ("a",)
    assert schema.columns[1].other_share == 0.25


def test_what_says_nothing_new_is_left_out():
    given = frame(twin=[1.0, None, 3.0, 4.0], flat=[7.0] * 4, void=[None] * 4)
    schema = learn_schema(given, DTYPES | dict.fromkeys(("twin", "flat", "void"), "float64"), 1)
    assert schema.names == ["minutes", "plan"]


def test_a_missing_column_is_named():
    schema = learn_schema(frame(), DTYPES, 1)
    with pytest.raises(ModelSchemaError, match=r"'minutes' is missing \(and 1 more diff") as caught:
        encode(pd.DataFrame({"other": [1.0]}), schema)
    assert caught.value.exit_code == 5
    assert "dvc repro" in caught.value.next_step


@pytest.mark.parametrize(
    ("column", "values"), [("minutes", ["1", "2", "3", "4"]), ("plan", [1.0, 2.0, 3.0, 4.0]), ("plan", [1, 2, 3, 4])]
)
def test_a_column_of_another_type_is_named(column, values):
    schema = learn_schema(frame(), DTYPES, 1)
    with pytest.raises(ModelSchemaError, match=f"'{column}' is .*trained on {DTYPES[column]}"):
        encode(frame(**{column: values}), schema)


@pytest.mark.parametrize("column", ["minutes", "plan"])
@pytest.mark.parametrize("void", [None, np.nan])
def test_a_column_without_any_value_is_missing_and_not_wrong(column, void):
    schema = learn_schema(frame(), DTYPES, 1)
    place = schema.names.index(column)
    assert np.isnan(encode(frame(**{column: [void] * 4}), schema)[:, place]).all()


def test_no_rows_are_no_mistake():
    schema = learn_schema(frame(), DTYPES, 1)
    assert encode(frame().head(0), schema).shape == (0, 2)


def test_a_new_category_is_missing_and_counted():
    schema = learn_schema(frame(), DTYPES, 1)
    given = frame(plan=["a", "new", "new", None])
    assert encode(given, schema)[:, 1].tolist() == pytest.approx([0, np.nan, np.nan, np.nan], nan_ok=True)
    (unseen,) = unseen_names(ibis.memtable(given), schema, named_from=2)
    assert (unseen.feature, unseen.rows, unseen.share, unseen.excess) == ("plan", 2, 0.5, 0.5)
    assert unseen.words == "new (2)"


def test_a_new_name_on_few_rows_is_counted_and_not_told():
    schema = learn_schema(frame(), DTYPES, 1)
    (unseen,) = unseen_names(ibis.memtable(frame(plan=["a", "s0017", "b", None])), schema, named_from=2)
    assert (unseen.rows, unseen.commonest) == (1, ())


def test_rare_names_are_not_counted_as_new():
    schema = learn_schema(frame(), DTYPES, 2)
    (unseen,) = unseen_names(ibis.memtable(frame()), schema, named_from=1)
    assert (unseen.rows, unseen.share_in_training, unseen.excess) == (1, 0.25, 0.0)
