SELECT * FROM truth
