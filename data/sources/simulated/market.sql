SELECT * FROM market
