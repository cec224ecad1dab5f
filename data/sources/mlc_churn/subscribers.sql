-- The set has no id: the number of the row in the file is one. The publisher does not say in what unit account_length is
-- (days, weeks or months), so no first day of service is made from it; it stays an attribute.
SELECT 'M' || lpad(_row::VARCHAR, 4, '0') AS subscriber_id, state AS region
FROM customers
