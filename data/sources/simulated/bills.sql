SELECT * FROM bills
