"""E-mails: plain text, sent by SMTP or laid into a folder, and why a server did not take one."""
