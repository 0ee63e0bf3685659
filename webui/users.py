"""The people who may use the page: adding them, their roles, and letting them in anew.

Nobody knows another's password: an owner hands out a code that works for a
day, and with it the person chooses one.
"""

import sqlite3
import time
from dataclasses import dataclass

from firmware.contract.errors import NotFound, RequestRefused
from webui.accounts import NO_PASSWORD, Accounts, Role, reset_of
from webui.web_db import WebDatabase


@dataclass(frozen=True)
class Person:
    name: str
    role: Role
    has_password: bool
    second_factor: bool
    extension: str | None


class Users:
    def __init__(self, db: WebDatabase, accounts: Accounts) -> None:
        self._db = db
        self._accounts = accounts

    def all(self) -> tuple[Person, ...]:
        with self._db.transaction() as sql:
            rows = sql.execute("SELECT * FROM users ORDER BY created_s").fetchall()
        return tuple(_person(row) for row in rows)

    def add(self, name: str, role: Role) -> str:
        """Return the code with which they choose a password. Raises RequestRefused."""
        with self._db.transaction() as sql:
            same = "SELECT 1 FROM users WHERE lower(name) = lower(?)"
            if sql.execute(same, (name,)).fetchone() is not None:
                raise RequestRefused("web.name-taken", name=name)
            sql.execute(
                "INSERT INTO users (name, role, password, created_s) VALUES (?, ?, ?, ?)",
                (name, role, NO_PASSWORD, time.time()),
            )
        return self._accounts.new_code(reset_of(name))

    def reset(self, name: str) -> str:
        """Lock them out and return the code with which they get in. Raises NotFound."""
        with self._db.transaction() as sql:
            _known(sql, name)
            sql.execute("UPDATE users SET password = ? WHERE name = ?", (NO_PASSWORD, name))
            sql.execute("DELETE FROM sessions WHERE user = ?", (name,))
        return self._accounts.new_code(reset_of(name))

    def set_role(self, name: str, role: Role) -> None:
        """Also ends their sessions: rights change at the login. Raises as `remove` does."""
        with self._db.transaction() as sql:
            if role is not Role.OWNER:
                _keep_an_owner(sql, name)
            _known(sql, name)
            sql.execute("UPDATE users SET role = ? WHERE name = ?", (role, name))
            sql.execute("DELETE FROM sessions WHERE user = ?", (name,))

    def set_extension(self, name: str, extension: str | None) -> None:
        """Say whose phone they answer; what they may see follows at once. Raises NotFound."""
        with self._db.transaction() as sql:
            _known(sql, name)
            sql.execute("UPDATE users SET extension = ? WHERE name = ?", (extension, name))

    def remove(self, name: str) -> None:
        """Raises NotFound, or RequestRefused for the last owner who can log in."""
        with self._db.transaction() as sql:
            _known(sql, name)
            _keep_an_owner(sql, name)
            sql.execute("DELETE FROM users WHERE name = ?", (name,))
            sql.execute("DELETE FROM codes WHERE purpose = ?", (reset_of(name),))


def _known(sql: sqlite3.Connection, name: str) -> None:
    if sql.execute("SELECT 1 FROM users WHERE name = ?", (name,)).fetchone() is None:
        raise NotFound("web.no-such-user", name=name)


def _keep_an_owner(sql: sqlite3.Connection, name: str) -> None:
    other = "SELECT 1 FROM users WHERE role = 'owner' AND name <> ? AND password <> ?"
    if sql.execute(other, (name, NO_PASSWORD)).fetchone() is None and _is_owner(sql, name):
        raise RequestRefused("web.last-owner")


def _is_owner(sql: sqlite3.Connection, name: str) -> bool:
    owner = "SELECT 1 FROM users WHERE name = ? AND role = 'owner'"
    return sql.execute(owner, (name,)).fetchone() is not None


def _person(row: sqlite3.Row) -> Person:
    return Person(
        name=row["name"],
        role=Role(row["role"]),
        has_password=row["password"] != NO_PASSWORD,
        second_factor=row["second_key"] is not None,
        extension=row["extension"],
    )
