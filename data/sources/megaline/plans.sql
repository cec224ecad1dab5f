-- Data is priced by the whole GB of 1024 MB (see bills.sql); the price of one MB is a 1024th of it.
SELECT
  plan_name AS plan_id,
  plan_name AS name,
  usd_monthly_pay AS monthly_fee,
  minutes_included AS included_voice_min,
  mb_per_month_included AS included_data_mb,
  messages_included AS included_sms,
  usd_per_minute AS price_per_min,
  usd_per_gb::DOUBLE / 1024 AS price_per_mb,
  usd_per_message AS price_per_sms
FROM plans
