SELECT * FROM contracts
