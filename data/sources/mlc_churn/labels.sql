SELECT
  'M' || lpad(_row::VARCHAR, 4, '0') AS subscriber_id,
  as_of() AS as_of,
  churn AS churned,
  CASE churn WHEN 'yes' THEN 'cancelled' END AS churn_type
FROM customers
