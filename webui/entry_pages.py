"""The pages before the page: claim, login and recovery, as plain HTML.

They need no JavaScript and none of the built pages, so that a broken bundle
never locks anyone out.
"""

from dataclasses import dataclass
from html import escape
from typing import Final

from fastapi.responses import HTMLResponse

from firmware.contract.texts import Text, word

STYLE: Final = """
:root{color-scheme:light dark;--bg:#f3f5f4;--card:#fff;--ink:#17211d;--dim:#5b6963;--line:#d5dcd9;
--go:#0b6e4f;--go-ink:#fff;--bad:#a3262a;--bad-bg:#fdeceb}
@media (prefers-color-scheme:dark){:root{--bg:#121715;--card:#1b2220;--ink:#e6ece9;--dim:#9aa8a2;
--line:#35403b;--go:#3fbf93;--go-ink:#06241a;--bad:#ffb1ad;--bad-bg:#46201f}}
*{box-sizing:border-box}body{margin:0;min-height:100vh;display:grid;place-items:center;padding:20px;
background:var(--bg);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main{width:100%;max-width:420px;background:var(--card);border:1px solid var(--line);
border-radius:14px;padding:32px}
svg{display:block;margin:0 0 16px -4px}h1{font-size:24px;line-height:1.25;margin:0 0 8px}
p{margin:0 0 20px;color:var(--dim)}label{display:block;font-weight:600;margin:16px 0 4px}
small{display:block;color:var(--dim);margin-top:4px}
input{width:100%;font:inherit;color:inherit;background:transparent;border:1px solid var(--line);
border-radius:8px;padding:10px 12px}
input:focus-visible,button:focus-visible,a:focus-visible{outline:3px solid var(--go);
outline-offset:2px}
input[name=code],input[name=key]{font-family:ui-monospace,monospace;letter-spacing:.06em;text-transform:uppercase}
button{width:100%;margin-top:24px;padding:12px;border:0;border-radius:8px;background:var(--go);
color:var(--go-ink);font:inherit;font-weight:600;cursor:pointer}
.fault{background:var(--bad-bg);color:var(--bad);border-radius:8px;padding:10px 12px;margin:0 0 8px}
nav{margin-top:20px}a{color:var(--go)}
"""
LOGO: Final = (
    '<svg width="44" height="44" viewBox="0 0 44 44" aria-hidden="true" fill="none" '
    'stroke-width="4" stroke-linecap="round"><path d="M6 16h11c6 0 6 12 12 12h9" stroke="#0b8f66"/>'
    '<path d="M6 28h11c6 0 6-12 12-12h9" stroke="#d2553f"/></svg>'
)


@dataclass(frozen=True)
class Field:
    """One input; `code` names its label, `code`-hint a line below it where there is one."""

    name: str
    code: str
    kind: str = "text"
    autocomplete: str = "off"
    value: str = ""
    hint: Text | None = None


@dataclass(frozen=True)
class EntryForm:
    """A form that posts to its own address; texts are `web.<name>-title`, -lead and -button."""

    name: str
    fields: tuple[Field, ...]
    other: tuple[str, str] | None = None
    """A link to another form: address and code of its sentence."""
    uploads: bool = False
    """One of its fields is a file."""

    def page(self, language: str, fault: Text | None = None, status: int = 200) -> HTMLResponse:
        def say(code: str) -> str:
            return escape(word(Text(code=code), language))

        failed = (
            f'<p class="fault" role="alert">{escape(word(fault, language))}</p>' if fault else ""
        )
        inputs = "".join(_input(field, language) for field in self.fields)
        link = (
            f'<nav><a href="{self.other[0]}">{say(self.other[1])}</a></nav>' if self.other else ""
        )
        sent_as = ' enctype="multipart/form-data"' if self.uploads else ""
        button = f"<button>{say(f'web.{self.name}-button')}</button>"
        form = f'{failed}<form method="post"{sent_as}>{inputs}{button}</form>{link}'
        return _page(self.name, language, form, status=status)


def notice(name: str, language: str, onward: str, after_s: int) -> HTMLResponse:
    """Return a page that says something and goes on to another by itself."""
    link = escape(word(Text(code=f"web.{name}-onward"), language))
    return _page(
        name,
        language,
        f'<nav><a href="{onward}">{link}</a></nav>',
        head=f'<meta http-equiv="refresh" content="{after_s};url={onward}">',
    )


def _page(
    name: str, language: str, body: str, *, head: str = "", status: int = 200
) -> HTMLResponse:
    title = escape(word(Text(code=f"web.{name}-title"), language))
    lead = escape(word(Text(code=f"web.{name}-lead"), language))
    return HTMLResponse(
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">{head}'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{title} · Tipring</title><style>{STYLE}</style></head><body><main>{LOGO}"
        f"<h1>{title}</h1><p>{lead}</p>{body}</main></body></html>",
        status,
        {"Cache-Control": "no-store", "Content-Language": language, "Vary": "Accept-Language"},
    )


def _input(field: Field, language: str) -> str:
    label = escape(word(Text(code=field.code), language))
    hint, described = "", ""
    if field.hint:
        hint = f'<small id="{field.name}-hint">{escape(word(field.hint, language))}</small>'
        described = f' aria-describedby="{field.name}-hint"'
    return (
        f'<label for="{field.name}">{label}</label>'
        f'<input id="{field.name}" name="{field.name}" type="{field.kind}" required '
        f'autocomplete="{field.autocomplete}" autocapitalize="none" spellcheck="false" '
        f'value="{escape(field.value)}"{described}>{hint}'
    )
