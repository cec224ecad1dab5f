SELECT * FROM complaints
