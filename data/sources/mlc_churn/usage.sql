-- The totals have no period; they are taken as those of the month before the decision.
SELECT
  'M' || lpad(_row::VARCHAR, 4, '0') AS subscriber_id,
  (as_of() - INTERVAL 1 MONTH)::DATE AS month,
  total_day_minutes::DOUBLE + total_eve_minutes::DOUBLE + total_night_minutes::DOUBLE + total_intl_minutes::DOUBLE AS voice_min,
  total_day_calls::DOUBLE + total_eve_calls::DOUBLE + total_night_calls::DOUBLE + total_intl_calls::DOUBLE AS calls
FROM customers
