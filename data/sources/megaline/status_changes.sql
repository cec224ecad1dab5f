SELECT
  user_id AS subscriber_id,
  iso_date(churn_date, '%d/%m/%Y') AS changed_on,
  'cancelled' AS status
FROM users
WHERE churn_date <> ''
