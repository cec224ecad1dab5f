-- One row a subscriber, joined on the id. The first edition leads; the later one adds the place.
--
-- What must not get in here, since it is known only after the decision or tells who left:
--   * BeginDate. It fits the tenure counted back from 2020-02-01 for those who stayed, but for those who left it is
--     counted back from the day they left: as_of - BeginDate minus tenure is 0 for stayers and positive for leavers.
--     So the first day of service is as_of minus tenure here.
--   * contract_start and contract_end. The files have the kind of contract but not its term, and EndDate is the exit.
--   * Churn Label, Churn Value, Churn Score, Churn Reason and EndDate: outcomes, used in labels.sql if at all.
SELECT
  first_edition."customerID" AS subscriber_id,
  later_edition."State" AS region,
  later_edition."City" AS city,
  (as_of() - to_months(first_edition.tenure::INTEGER))::DATE AS activated_on,
  first_edition."PaymentMethod" AS payment_method
FROM first_edition
LEFT JOIN later_edition ON later_edition."CustomerID" = first_edition."customerID"
