-- The file has totals of nine months and not one month of its own. One row a subscriber: the mean month, in the place of the last.
-- It is true as a level, and as a share of calls. Nothing is known of the single months, so there are no rows before it, and no
-- change, trend or peak follows from it. Who subscribed less than nine months ago used it for that long only.
-- Left out: distinct numbers called, since those of nine months are no sum over months (they stay an attribute).
-- The publisher does not say which way calls and messages went; numbers *called* are counted, so they are taken as outgoing.
WITH spans AS (
  SELECT *, least(9, greatest("Subscription  Length"::INTEGER, 1)) AS months FROM customers
)
SELECT
  'I' || lpad(_row::VARCHAR, 4, '0') AS subscriber_id,
  (as_of() - INTERVAL 1 MONTH)::DATE AS month,
  "Seconds of Use"::DOUBLE / 60 / months AS voice_min,
  "Frequency of use"::DOUBLE / months AS calls,
  "Frequency of SMS"::DOUBLE / months AS sms,
  "Call  Failure"::DOUBLE / months AS dropped_calls
FROM spans
