-- Churn is the state at the end of month twelve, three months after the attributes end.
SELECT
  'I' || lpad(_row::VARCHAR, 4, '0') AS subscriber_id,
  as_of() AS as_of,
  "Churn" AS churned,
  CASE "Churn" WHEN '1' THEN 'cancelled' END AS churn_type
FROM customers
