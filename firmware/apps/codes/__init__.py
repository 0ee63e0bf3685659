"""What people key in on a phone: switches, mailboxes, taking calls, asking the box."""
