SELECT * FROM plans
