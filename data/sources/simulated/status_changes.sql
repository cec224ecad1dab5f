SELECT * FROM status_changes
