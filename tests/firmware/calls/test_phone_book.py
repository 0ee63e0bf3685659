"""Names for numbers: kept through a restart, shown when they call, forgotten when told so."""

from pathlib import Path

from firmware.calls.phone_book import PhoneBook
from firmware.contract.messages import AlertCall
from tests.firmware.scripted_box import ScriptedBox, eventually_async
from tests.firmware.store.rows_of import opened

ANA = "+441632960011"
RUI = "+441632960012"


async def test_what_is_kept_is_known_at_once_and_after_a_restart(tmp_path: Path) -> None:
    async with opened(tmp_path) as records:
        book = PhoneBook(records)
        assert await book.keep({ANA: "Ana", RUI: "Rui"}) == 2
        assert await book.keep({ANA: "Ana", RUI: "Rui Costa"}) == 1
        assert book.name_of(RUI) == "Rui Costa"

    async with opened(tmp_path) as records:
        again = PhoneBook(records)
        again.recall(records.archive.contacts())
        assert again.name_of(ANA) == "Ana"
        assert again.news({ANA: "Ana", RUI: "Rui"}) == {RUI: "Rui"}
        assert again.name_of(None) is None


async def test_an_empty_name_forgets_the_number(tmp_path: Path) -> None:
    async with opened(tmp_path) as records:
        book = PhoneBook(records)
        await book.keep({ANA: "Ana"})
        await book.keep({ANA: "", RUI: ""})

        assert book.name_of(ANA) is None
        assert records.archive.contacts() == ()


async def test_who_is_in_the_book_calls_with_the_name_the_office_gave(box: ScriptedBox) -> None:
    contacts = [{"number": "+447700900123", "name": "Ana Costa"}]
    answer = await box.control.ask("keep-contacts", contacts=contacts, who="cli")
    assert answer["ok"] == {"kept": 1}

    await box.gsm.call_in("gsm-1", "caller", "+447700900123")
    snapshot = await eventually_async(
        lambda: box.control.ask("snapshot"), lambda answer: bool(answer["ok"]["calls"])
    )

    (shown,) = snapshot["ok"]["calls"]
    assert shown["legs"][0]["name"] == "Ana Costa"
    box.gsm.press("caller", "5")
    alert = await box.phones.heard.expect(AlertCall)
    assert alert.calling_name == "Ana Costa"
