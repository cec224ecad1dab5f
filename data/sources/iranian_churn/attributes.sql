-- Everything that was known at the end of month nine, in the publisher's own units.
-- "Customer Value" is the operator's reckoning from the same nine months, so it was known beforehand, too.
SELECT
  'I' || lpad(_row::VARCHAR, 4, '0') AS subscriber_id,
  "Call  Failure" AS call_failures,
  "Complains" AS complaints,
  "Subscription  Length" AS subscription_months,
  "Charge  Amount" AS charge_class,
  "Seconds of Use" AS seconds_of_use,
  "Frequency of use" AS calls,
  "Frequency of SMS" AS messages,
  "Distinct Called Numbers" AS distinct_called,
  "Age Group" AS age_group,
  "Age" AS age,
  CASE "Tariff Plan" WHEN '1' THEN 'pay as you go' WHEN '2' THEN 'contract' ELSE "Tariff Plan" END AS tariff_plan,
  CASE "Status" WHEN '2' THEN 1 WHEN '1' THEN 0 ELSE "Status"::INTEGER END AS not_active,
  "Customer Value" AS customer_value
FROM customers
