"""Family usage: small tables of months in, values out."""

from __future__ import annotations

import pytest
from tests.tables import feature_values

from savedesk.contracts import subscribers, usage

AS_OF = "2025-07-01"
OLD = """
subscriber_id | activated_on
a             | 2020-01-01
"""


def of(used, *names, people=OLD, who="a"):
    found = feature_values({subscribers.TABLE: people, usage.TABLE: used}, AS_OF, names)[who]
    return found[names[0]] if len(names) == 1 else found


SIX_MONTHS = """
subscriber_id | month      | voice_min | offnet_min | active_days
a             | 2025-06-01 | 30        | 15         | 5
a             | 2025-05-01 | 60        | 15         | 20
a             | 2025-04-01 | 60        | 15         | 20
a             | 2025-03-01 | 60        | 6          | 20
a             | 2025-02-01 | 60        | 6          | 20
a             | 2025-01-01 | 60        | 6          | 20
"""


def test_the_last_month_stands_against_the_months_before():
    found = of(SIX_MONTHS, "voice_min_1m", "voice_min_3m", "usage_change_1m", "active_days_change_1m")
    assert found == {
        "voice_min_1m": 30,
        "voice_min_3m": 50,
        "usage_change_1m": -0.5,
        "active_days_change_1m": -0.75,
    }


def test_three_months_stand_against_the_three_before():
    assert of(SIX_MONTHS, "usage_change_3m") == pytest.approx(50 / 60 - 1)


def test_the_off_net_share_and_its_change():
    found = of(SIX_MONTHS, "offnet_share_3m", "offnet_share_change")
    assert found == {"offnet_share_3m": pytest.approx(0.3), "offnet_share_change": pytest.approx(0.2)}


def test_the_trend_does_not_follow_one_odd_month():
    rising = "subscriber_id | month | voice_min\n" + "\n".join(
        f"a | 2025-0{month}-01 | {minutes}" for month, minutes in enumerate((10, 20, 30, 400, 50, 60), start=1)
    )
    assert of(rising, "usage_trend_6m") == pytest.approx(10 / 95)


def test_the_trend_of_falling_use_is_negative():
    falling = "subscriber_id | month | voice_min\n" + "\n".join(
        f"a | 2025-0{m}-01 | {70 - 10 * m}" for m in range(1, 7)
    )
    assert of(falling, "usage_trend_6m") == pytest.approx(-10 / 35)


def test_months_without_a_row_count_as_silence_from_the_first_data_on():
    gap = """
    subscriber_id | month      | voice_min
    a             | 2025-06-01 | 10
    a             | 2025-03-01 | 10
    """
    found = of(gap, "zero_voice_months_6m", "silent_months", "months_of_use", "voice_min_3m")
    assert found == {"zero_voice_months_6m": 2, "silent_months": 0, "months_of_use": 4, "voice_min_3m": 10 / 3}


def test_silence_is_counted_from_the_newest_month_back():
    used = """
    subscriber_id | month      | voice_min | data_mb
    a             | 2025-06-01 | 0         | 0
    a             | 2025-04-01 | 0         | 3
    a             | 2025-03-01 | 0         | 0
    """
    assert of(used, "silent_months") == 2


def test_months_before_activation_are_not_silent():
    people = """
    subscriber_id | activated_on
    a             | 2025-05-20
    b             | 2020-01-01
    """
    used = """
    subscriber_id | month      | voice_min | sms
    a             | 2025-05-01 | 0         | 3
    b             | 2025-01-01 | 7         | 0
    b             | 2025-06-01 | 7         | 0
    """
    found = of(used, "silent_months", "zero_voice_months_6m", "months_of_use", people=people)
    assert found == {"silent_months": 2, "zero_voice_months_6m": 2, "months_of_use": 2}


def test_a_month_of_which_nothing_is_known_yet_is_missing_and_not_silent():
    used = """
    subscriber_id | month      | voice_min | known_on
    a             | 2025-06-01 | 10        | 2025-07-05
    a             | 2025-05-01 | 20        | 2025-06-05
    """
    found = of(used, "voice_min_1m", "silent_months", "usage_change_1m", "voice_min_3m")
    assert found == {"voice_min_1m": None, "silent_months": 0, "usage_change_1m": None, "voice_min_3m": 20}


def test_the_month_of_as_of_itself_is_never_seen():
    used = """
    subscriber_id | month      | voice_min | known_on
    a             | 2025-07-01 | 99        | 2025-06-01
    a             | 2025-06-01 | 10        | 2025-06-30
    """
    assert of(used, "voice_min_1m", "voice_min_12m") == {"voice_min_1m": 10, "voice_min_12m": 10}


def test_of_equal_peaks_the_newest_counts():
    used = """
    subscriber_id | month      | voice_min
    a             | 2025-06-01 | 5
    a             | 2025-05-01 | 40
    a             | 2025-04-01 | 7
    a             | 2025-03-01 | 40
    """
    assert of(used, "months_since_peak") == 1


def test_one_month_says_nothing_about_change():
    used = """
    subscriber_id | month      | voice_min
    a             | 2025-06-01 | 10
    """
    found = of(used, "usage_change_1m", "usage_trend_6m", "usage_volatility_6m", "months_since_peak")
    assert found == {"usage_change_1m": None, "usage_trend_6m": None, "usage_volatility_6m": 0, "months_since_peak": 0}


def test_a_stop_is_minus_one_and_a_start_from_nothing_is_unknown():
    used = """
    subscriber_id | month      | voice_min | data_mb
    a             | 2025-06-01 | 0         | 5
    a             | 2025-05-01 | 10        | 0
    """
    assert of(used, "usage_change_1m", "data_change_1m") == {"usage_change_1m": -1, "data_change_1m": None}


def test_volatility_is_the_spread_over_the_mean():
    used = """
    subscriber_id | month      | voice_min
    a             | 2025-06-01 | 10
    a             | 2025-05-01 | 30
    """
    assert of(used, "usage_volatility_6m") == 0.5


def test_without_any_usage_everything_is_missing_or_nothing():
    found = of([], "voice_min_1m", "usage_change_3m", "silent_months", "months_since_peak", "offnet_share_3m")
    assert found.pop("silent_months") == 0
    assert set(found.values()) == {None}
