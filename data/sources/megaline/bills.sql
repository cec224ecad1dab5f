-- The operator's own rule: the fee of the plan each month, begun or whole; each call rounded up to a minute; the month's
-- data rounded up to a GB; then the price of what goes beyond the allowances. When it was paid is not known.
WITH lines AS (
  SELECT
    user_id,
    tariff,
    strptime(reg_date, '%d/%m/%Y')::DATE AS first_day,
    least(coalesce(try_strptime(churn_date, '%d/%m/%Y')::DATE, extracted_on()), extracted_on()) AS last_day
  FROM users
),
months AS (
  SELECT
    user_id,
    tariff,
    unnest(generate_series(date_trunc('month', first_day), date_trunc('month', last_day), INTERVAL 1 MONTH))::DATE AS month
  FROM lines
),
records AS (
  SELECT user_id, strptime(call_date, '%d/%m/%Y')::DATE AS day, ceil(duration::DOUBLE) AS minutes, 0 AS message, 0.0 AS mb FROM calls
  UNION ALL
  SELECT user_id, strptime(message_date, '%d/%m/%Y')::DATE, 0, 1, 0 FROM messages
  UNION ALL
  SELECT user_id, strptime(session_date, '%d/%m/%Y')::DATE, 0, 0, mb_used::DOUBLE FROM internet
),
used AS (
  SELECT
    user_id,
    date_trunc('month', day)::DATE AS month,
    sum(minutes) AS minutes,
    sum(message) AS messages,
    ceil(sum(mb::DECIMAL(18, 2)) / 1024) AS gb
  FROM records JOIN lines USING (user_id)
  WHERE day <= last_day
  GROUP BY ALL
),
charged AS (
  SELECT
    user_id,
    month,
    usd_monthly_pay::DOUBLE AS plan_fee,
    round(
      usd_per_minute::DOUBLE * greatest(coalesce(minutes, 0) - minutes_included::DOUBLE, 0)
      + usd_per_message::DOUBLE * greatest(coalesce(messages, 0) - messages_included::DOUBLE, 0)
      + usd_per_gb::DOUBLE * greatest(coalesce(gb, 0) - mb_per_month_included::DOUBLE / 1024, 0),
      2
    ) AS overage_fee
  FROM months
  LEFT JOIN used USING (user_id, month)
  JOIN plans ON plan_name = tariff
)
SELECT
  user_id AS subscriber_id,
  month,
  last_day(month) AS billed_on,
  plan_fee,
  overage_fee,
  0 AS vas_fee,
  0 AS other_fee,
  0 AS discount,
  plan_fee + overage_fee AS total_due
FROM charged
