SELECT 'M' || lpad(_row::VARCHAR, 4, '0') AS subscriber_id, * EXCLUDE (churn)
FROM customers
