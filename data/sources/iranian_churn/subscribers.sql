-- The set has no id. The number of the row in the file is one: 300 rows are equal to others in every column, and they
-- may well be different people, so all are kept.
-- Age is the middle of an age group (15, 25, 30, 45 or 55).
SELECT
  'I' || lpad(_row::VARCHAR, 4, '0') AS subscriber_id,
  year(as_of()) - "Age"::INTEGER AS birth_year,
  (as_of() - to_months("Subscription  Length"::INTEGER))::DATE AS activated_on,
  CASE "Tariff Plan" WHEN '1' THEN 'pay as you go' WHEN '2' THEN 'contract' ELSE "Tariff Plan" END AS plan_id
FROM customers
