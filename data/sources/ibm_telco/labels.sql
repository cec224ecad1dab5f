-- EndDate is "No" for those still there; all exits fall on four month starts, 2019-10-01 to 2020-01-01.
SELECT
  first_edition."customerID" AS subscriber_id,
  as_of() AS as_of,
  first_edition."Churn" AS churned,
  CASE first_edition."Churn" WHEN 'Yes' THEN 'cancelled' END AS churn_type,
  CASE WHEN contract_dates."EndDate" <> 'No' THEN contract_dates."EndDate" END AS churned_on,
  later_edition."Churn Reason" AS reason
FROM first_edition
LEFT JOIN later_edition ON later_edition."CustomerID" = first_edition."customerID"
LEFT JOIN contract_dates ON contract_dates."customerID" = first_edition."customerID"
