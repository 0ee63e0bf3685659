"""All prompts of a configuration are ready before a call needs them."""

import os
from pathlib import Path

import pytest
import soundfile

from firmware.config.load import load
from firmware.config.model import Config
from firmware.config.prompts import built_in_prompts
from firmware.contract.errors import NotFound, TipringError
from firmware.contract.texts import LANGUAGES
from firmware.prompts import rendering
from firmware.prompts.jobs import Speak
from firmware.prompts.library import PromptLibrary
from firmware.prompts.speech import VOICES
from tests.firmware.config.office_text import MINIMAL, changed
from tests.firmware.prompts.sounds import speech_like, written

HELLO = '[prompts.hello]\nen.text = "Hello there, this is a test."\n'


def config_of(prompts: str = HELLO, languages: str = '["en"]') -> Config:
    return load(changed('languages = ["en"]', f"languages = {languages}", MINIMAL) + prompts)


def inodes(folder: Path) -> dict[str, int]:
    return {file.name: file.stat().st_ino for file in (folder / "prompts").iterdir()}


async def test_everything_a_call_may_say_is_ready(tmp_path: Path) -> None:
    library = PromptLibrary(tmp_path)
    config = config_of()

    assert await library.prepare(config) == ()

    for prompt in ("hello", *built_in_prompts()):
        (file,) = library.files(prompt, "en", config)
        assert soundfile.info(str(file)).duration > 0.2, prompt
    for file in (*library.digits("0123456789", "en"), *library.number(17, "en")):
        assert file.exists()


async def test_an_extension_is_spoken_to_in_its_own_language(tmp_path: Path) -> None:
    library = PromptLibrary(tmp_path)
    romanian = '[[extensions]]\nid = "101"\nname = "Ana"\nmobile = "+441632960088"\n'
    config = config_of(f'{HELLO}{romanian}language = "ro"\n')
    await library.prepare(config)

    (asked,) = library.files("press-1-to-take", "ro", config)
    (hello,) = library.files("hello", "ro", config)

    assert (asked,) != tuple(library.files("press-1-to-take", "en", config))
    assert (hello,) == tuple(library.files("hello", "en", config))


async def test_a_text_is_spoken_once_in_the_life_of_the_box(tmp_path: Path) -> None:
    await PromptLibrary(tmp_path).prepare(config_of())
    before = inodes(tmp_path)

    await PromptLibrary(tmp_path).prepare(config_of())

    assert inodes(tmp_path) == before


async def test_a_changed_text_is_another_sound_and_the_old_one_stays(tmp_path: Path) -> None:
    library = PromptLibrary(tmp_path)
    old, new = config_of(), config_of(changed("Hello there", "Good morning", HELLO))
    await library.prepare(old)
    await library.prepare(new)

    assert library.files("hello", "en", old) != library.files("hello", "en", new)
    assert library.files("hello", "en", old)[0].exists()


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_language_speaks_with_its_own_voice(tmp_path: Path, language: str) -> None:
    library = PromptLibrary(tmp_path)
    config = config_of("", languages=f'["{language}"]')

    assert await library.prepare(config) == ()
    assert len(library.files("leave-message", language, config)) == 1
    assert library.digits("1", language) != library.digits("1", "en") or language == "en"


def test_the_voices_are_those_of_the_languages() -> None:
    assert tuple(VOICES) == LANGUAGES


async def test_another_language_than_the_office_has_falls_back_to_its_first(
    tmp_path: Path,
) -> None:
    library = PromptLibrary(tmp_path)
    config = config_of()
    await library.prepare(config)

    assert library.files("hello", "ru", config) == library.files("hello", "en", config)


async def test_an_extension_and_long_numbers_are_said_digit_by_digit(tmp_path: Path) -> None:
    library = PromptLibrary(tmp_path)
    config = config_of()
    await library.prepare(config)

    said = library.extension("101", "en", config)
    assert said[1] == said[3] == library.number(1, "en")[0]
    assert len(said) == 4
    assert library.number(345, "en") == library.digits("345", "en")


def test_a_prompt_that_is_not_made_yet_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        PromptLibrary(tmp_path).files("hello", "en", config_of())


async def test_an_upload_is_known_by_its_hash_and_played(tmp_path: Path) -> None:
    library = PromptLibrary(tmp_path)
    upload = written(tmp_path / "jingle.ogg", speech_like(1.0, 44_100), 44_100)

    sound = await library.take_upload(upload, "jingle.ogg")

    config = config_of(f'[prompts.hello]\nen.sound = "{sound}"\n')
    assert await library.prepare(config) == ()
    assert library.files("hello", "en", config) == [tmp_path / "prompts" / f"{sound}.wav"]
    assert await library.take_upload(upload, "again.ogg") == sound


async def test_an_upload_that_is_no_sound_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "cv.pdf").write_bytes(b"%PDF-1.7")

    with pytest.raises(TipringError) as refusal:
        await PromptLibrary(tmp_path).take_upload(tmp_path / "cv.pdf", "cv.pdf")

    assert refusal.value.text.code == "sound.unreadable"
    assert refusal.value.text.args == {"file": "cv.pdf"}


async def test_an_upload_that_is_gone_is_told(tmp_path: Path) -> None:
    config = config_of(f'[prompts.hello]\nen.sound = "{"0" * 64}"\n')

    (fault,) = await PromptLibrary(tmp_path).prepare(config)

    assert (fault.code, fault.args) == ("sound.not-here", {"prompt": "hello"})


async def test_without_a_synthesiser_every_text_is_a_fault_and_nothing_hangs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    faults = await PromptLibrary(tmp_path).prepare(config_of())

    assert {fault.code for fault in faults} == {"sound.cannot-speak"}


@pytest.mark.parametrize("text", ["--help", "-w /etc/passwd", "<speak>", "a\nb", "$(reboot)", "…"])
async def test_a_text_is_only_ever_spoken(tmp_path: Path, text: str) -> None:
    target = tmp_path / "x.wav"
    job = Speak(name="x", text=text, language="en", target=str(target))

    (done,) = await rendering.render([job])

    assert done.fault is None or done.fault.code == "sound.empty"
    assert os.listdir(tmp_path) in ([], ["x.wav"])  # noqa: PTH208  names are meant


async def test_a_worker_that_dies_is_a_fault_of_its_jobs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.executable", "/bin/false")
    jobs = [
        Speak(name=name, text="hi", language="en", target=str(tmp_path / f"{name}.wav"))
        for name in ("one", "two")
    ]

    answers = await rendering.render(jobs)

    assert [answer.fault and answer.fault.code for answer in answers] == ["sound.cannot-speak"] * 2
