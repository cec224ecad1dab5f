SELECT * FROM subscribers
