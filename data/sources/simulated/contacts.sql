SELECT * FROM contacts
