"""E-mails: plain text, sent by SMTP or saved in a folder, and why a server did not take one."""
