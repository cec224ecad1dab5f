-- Every column but the label, as published. What is no fact of a canonical table stays here alone:
--   * number_customer_service_calls: a call to customer service is no complaint, and neither its day nor how it ended is known.
--     As an open ticket it would forbid every offer.
--   * total_intl_minutes: calls to other countries, not voice abroad (roaming_min).
--   * number_vmail_messages: messages on the voice mail, not sent ones (sms).
--   * international_plan and voice_mail_plan: no fees are given, so they make no plans.
SELECT 'M' || lpad(_row::VARCHAR, 4, '0') AS subscriber_id, * EXCLUDE (churn)
FROM customers
