-- Calls, messages and data sessions as months. Each subscriber has a row for every month from registration to exit (or the
-- end of the data), so that a month without any record is a month of zero use and not a gap.
-- Calls of 0 minutes are missed calls: no calls and no activity, and no dropped ones, since nobody says that the network failed.
-- The file goes on after the exit of those who left; a line that is gone uses nothing, so those records do not count.
WITH lines AS (
  SELECT
    user_id,
    strptime(reg_date, '%d/%m/%Y')::DATE AS first_day,
    least(coalesce(try_strptime(churn_date, '%d/%m/%Y')::DATE, extracted_on()), extracted_on()) AS last_day
  FROM users
),
months AS (
  SELECT user_id, unnest(generate_series(date_trunc('month', first_day), date_trunc('month', last_day), INTERVAL 1 MONTH))::DATE AS month
  FROM lines
),
records AS (
  SELECT user_id, strptime(call_date, '%d/%m/%Y')::DATE AS day, duration::DOUBLE AS minutes, 1 AS call, 0 AS message, 0.0 AS mb
  FROM calls
  WHERE duration::DOUBLE > 0
  UNION ALL
  SELECT user_id, strptime(message_date, '%d/%m/%Y')::DATE, 0, 0, 1, 0 FROM messages
  UNION ALL
  SELECT user_id, strptime(session_date, '%d/%m/%Y')::DATE, 0, 0, 0, mb_used::DOUBLE FROM internet WHERE mb_used::DOUBLE > 0
),
used AS (
  SELECT
    user_id,
    date_trunc('month', day)::DATE AS month,
    sum(minutes::DECIMAL(18, 2)) AS voice_min,
    sum(call) AS calls,
    sum(message) AS sms,
    sum(mb::DECIMAL(18, 2)) AS data_mb,
    count(DISTINCT day) AS active_days
  FROM records JOIN lines USING (user_id)
  WHERE day <= last_day
  GROUP BY ALL
)
SELECT
  user_id AS subscriber_id,
  month,
  coalesce(voice_min, 0) AS voice_min,
  coalesce(calls, 0) AS calls,
  coalesce(sms, 0) AS sms,
  coalesce(data_mb, 0) AS data_mb,
  coalesce(active_days, 0) AS active_days
FROM months LEFT JOIN used USING (user_id, month)
