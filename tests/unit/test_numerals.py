"""Figures as people read them: no minus before a zero, units that fit, thousands apart."""

import pytest

from savedesk.numerals import Numeral, data_amount, plain
from savedesk.reasons.phrase import phrase


@pytest.mark.parametrize(
    ("sentence", "value", "text"),
    [
        ("contract ends in {value:day/days}", -0.0, "contract ends in 0 days"),
        ("contract ends in {value:day/days}", -0.4, "contract ends in 0 days"),
        ("contract ends in {value:day/days}", 1.0, "contract ends in 1 day"),
        ("合约还剩 {value:.0f} 天", -0.0, "合约还剩 0 天"),
        ("discount fell by {value:,.2f}", -0.001, "discount fell by 0.00"),
        ("{value:,.2f} in arrears", 12345.6, "12,345.60 in arrears"),
        ("fell by {value:abs .0%}", -0.001, "fell by 0%"),
        ("{value:.0%} above", -0.004, "0% above"),
        ("{value:MB} last month", 361087.0, "361 GB last month"),
        ("{value}", -0.0, "0"),
        ("born in {value}", 1985.0, "born in 1985"),
        ("{value}", 1234567.891, "1,234,567.89"),
        ("{value}", -12.5, "-12.5"),
    ],
)
def test_a_sentence_says_its_value_as_a_person_would(sentence, value, text):
    assert phrase(sentence, {"value": value}) == text


@pytest.mark.parametrize(
    ("megabytes", "text"),
    [
        (0, "0 MB"),
        (-0.2, "0 MB"),
        (650, "650 MB"),
        (999.4, "999 MB"),
        (999.6, "1.0 GB"),
        (1400, "1.4 GB"),
        (36_000, "36.0 GB"),
        (361_087, "361 GB"),
        (999_499, "999 GB"),
        (1_000_000, "1.0 TB"),
        (2_100_000_000, "2.1 PB"),
    ],
)
def test_data_are_told_in_the_unit_that_fits(megabytes, text):
    assert data_amount(megabytes) == text


def test_a_numeral_has_no_minus_before_a_zero_and_keeps_every_other():
    assert [f"{Numeral(value):,.2f}" for value in (-0.001, -0.0, -0.005001, -1234.5)] == [
        "0.00",
        "0.00",
        "-0.01",
        "-1,234.50",
    ]
    assert f"{Numeral('nan'):.1f}" == "nan"
    assert f"{Numeral('-inf'):.1f}" == "-inf"


@pytest.mark.parametrize(("value", "text"), [(9999.0, "9999"), (10000.0, "10,000"), (0.123, "0.12"), (3.14159, "3.14")])
def test_a_number_without_a_format_has_the_digits_that_an_agent_needs(value, text):
    assert plain(value) == text
