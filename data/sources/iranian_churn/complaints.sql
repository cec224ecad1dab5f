-- "Complains" says whether there was a complaint within the nine months: not when, what about, or how it ended. It counts as one,
-- known the day before the decision. Its day is the first that it can have, so that no shorter window claims it; and it
-- counts as closed, since an open complaint forbids offers and nobody says that any is open. So what is true of these rows is
-- the count of twelve months, and not the days.
SELECT
  'I' || lpad(_row::VARCHAR, 4, '0') AS ticket_id,
  'I' || lpad(_row::VARCHAR, 4, '0') AS subscriber_id,
  (as_of() - to_months(least(9, "Subscription  Length"::INTEGER)))::DATE AS opened_at,
  opened_at AS closed_at,
  'other' AS category,
  as_of() - 1 AS known_on
FROM customers
WHERE "Complains" <> '0'
