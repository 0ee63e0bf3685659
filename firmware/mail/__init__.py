"""Letters by e-mail: kept in an outbox first, sent by a worker process, tried again, given up.

Whoever has something to write makes a `Letter` and gives it to `Mail.send`
(letter.py), which every script finds as `office.mail`.
"""
