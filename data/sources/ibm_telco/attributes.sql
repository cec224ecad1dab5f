-- The columns of the first edition and the position from the later one. TotalCharges is blank for the eleven with tenure 0.
-- charge_change holds the monthly charge against the mean of the months before: total less the last charge, over tenure less one.
-- Outcomes never come in here: Churn, Churn Label, Churn Value, Churn Score, Churn Reason, EndDate, and CLTV, which goes to
-- valuations.sql. BeginDate tells who left (see subscribers.sql).
SELECT
  first_edition."customerID" AS subscriber_id,
  first_edition.gender,
  "SeniorCitizen" AS senior_citizen,
  first_edition."Partner" AS partner,
  first_edition."Dependents" AS dependents,
  tenure AS tenure_months,
  "PhoneService" AS phone_service,
  "MultipleLines" AS multiple_lines,
  "InternetService" AS internet_service,
  "OnlineSecurity" AS online_security,
  "OnlineBackup" AS online_backup,
  "DeviceProtection" AS device_protection,
  "TechSupport" AS tech_support,
  "StreamingTV" AS streaming_tv,
  "StreamingMovies" AS streaming_movies,
  first_edition."Contract" AS contract,
  "PaperlessBilling" AS paperless_billing,
  "PaymentMethod" AS payment_method_kind,
  "MonthlyCharges" AS monthly_charges,
  "TotalCharges" AS total_charges,
  CASE WHEN tenure::INTEGER > 1 THEN
    "MonthlyCharges"::DOUBLE * (tenure::INTEGER - 1) / ("TotalCharges"::DOUBLE - "MonthlyCharges"::DOUBLE) - 1
  END AS charge_change,
  later_edition."Zip Code" AS zip_code,
  later_edition."Latitude" AS latitude,
  later_edition."Longitude" AS longitude
FROM first_edition
LEFT JOIN later_edition ON later_edition."CustomerID" = first_edition."customerID"
