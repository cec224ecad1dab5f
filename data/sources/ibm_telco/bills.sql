-- The monthly charge, as the one bill before the decision. For those in their first month it equals TotalCharges to the cent, so
-- the total holds it. What was charged before is known as a sum only: it becomes no bills, but the attribute
-- charge_change. The eleven with tenure 0 have no total: nothing was billed to them yet. When it was paid is not known.
SELECT
  "customerID" AS subscriber_id,
  (as_of() - INTERVAL 1 MONTH)::DATE AS month,
  as_of() - 1 AS billed_on,
  "MonthlyCharges" AS plan_fee,
  0 AS overage_fee,
  0 AS vas_fee,
  0 AS other_fee,
  0 AS discount,
  "MonthlyCharges" AS total_due,
  "PaymentMethod" AS payment_method
FROM first_edition
WHERE tenure::INTEGER > 0
