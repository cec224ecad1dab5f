"""Every text that a user reads in more than one language: a folder for each language, a file for each room."""
