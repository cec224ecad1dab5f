SELECT * FROM incidents
