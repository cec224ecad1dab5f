SELECT * FROM plan_changes
