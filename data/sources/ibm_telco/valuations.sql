-- CLTV is the operator's forecast of what the subscriber would still bring; it serves as value, never as a feature.
SELECT
  "CustomerID" AS subscriber_id,
  as_of() - 1 AS valued_on,
  "CLTV" AS remaining_value
FROM later_edition
