-- First and last names are in the file and are not needed, so they are not copied.
-- The city is a metropolitan area such as "Atlanta-Sandy Springs-Roswell, GA MSA": its states are the region.
SELECT
  user_id AS subscriber_id,
  regexp_extract(city, ', ([A-Z-]+) MSA$', 1) AS region,
  city,
  year(extracted_on()) - age::INTEGER AS birth_year,
  iso_date(reg_date, '%d/%m/%Y') AS activated_on,
  tariff AS plan_id
FROM users
