-- No fee is given: each minute has its price, so nothing is included and the whole charge is overage.
WITH charged AS (
  SELECT
    'M' || lpad(_row::VARCHAR, 4, '0') AS subscriber_id,
    round(total_day_charge::DOUBLE + total_eve_charge::DOUBLE + total_night_charge::DOUBLE + total_intl_charge::DOUBLE, 2) AS charge
  FROM customers
)
SELECT
  subscriber_id,
  (as_of() - INTERVAL 1 MONTH)::DATE AS month,
  as_of() - 1 AS billed_on,
  0 AS plan_fee,
  charge AS overage_fee,
  0 AS vas_fee,
  0 AS other_fee,
  0 AS discount,
  charge AS total_due
FROM charged
