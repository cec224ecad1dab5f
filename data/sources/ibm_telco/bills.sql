-- The monthly charge, as the one bill before the decision. How it was paid is not known.
SELECT
  "customerID" AS subscriber_id,
  (as_of() - INTERVAL 1 MONTH)::DATE AS month,
  as_of() - 1 AS billed_on,
  "MonthlyCharges" AS plan_fee,
  0 AS overage_fee,
  0 AS vas_fee,
  0 AS other_fee,
  0 AS discount,
  "MonthlyCharges" AS total_due
FROM first_edition
