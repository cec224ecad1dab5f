-- The operator's value of a subscriber, taken as the margin of twelve months and known the day before the decision.
SELECT
  'I' || lpad(_row::VARCHAR, 4, '0') AS subscriber_id,
  as_of() - 1 AS valued_on,
  "Customer Value"::DOUBLE / 12 AS monthly_margin
FROM customers
