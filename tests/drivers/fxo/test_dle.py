"""DLE shielding: whatever the sound and wherever a read ends, nothing is lost or doubled."""

from hypothesis import given
from hypothesis import strategies as st

from drivers.fxo.dle import Decoder, Event, KeyCounter, Piece, shielded

# Many DLEs, and the bytes that mean something after one.
wire_bytes = st.lists(st.sampled_from([*b"\x10\x10\x10\x03\x1a!^/~5bd", 0, 0x55, 0xFF]))
pieces = st.lists(
    st.one_of(
        st.binary(min_size=1, max_size=20),
        st.sampled_from("bdlPqsuRhH/~0123456789ABCD*#\x03").map(Event),
    )
)


def joined(found: list[Piece]) -> list[Piece]:
    """The same with neighbouring stretches of sound put together."""
    result: list[Piece] = []
    for piece in found:
        if isinstance(piece, bytes) and result and isinstance(result[-1], bytes):
            result[-1] += piece
        else:
            result.append(piece)
    return result


def on_the_wire(sent: list[Piece]) -> bytes:
    return b"".join(
        shielded(piece) if isinstance(piece, bytes) else b"\x10" + piece.code.encode("latin-1")
        for piece in sent
    )


@given(st.binary(max_size=200))
def test_sound_comes_back_as_it_was_sent(sound: bytes) -> None:
    assert b"".join(p for p in Decoder().decode(shielded(sound)) if isinstance(p, bytes)) == sound


@given(pieces)
def test_a_stream_split_at_every_byte_is_read_as_in_one_piece(sent: list[Piece]) -> None:
    wire = on_the_wire(sent)
    decoder = Decoder()
    one_by_one = [piece for byte in wire for piece in decoder.decode(bytes([byte]))]
    assert joined(one_by_one) == joined(sent) == joined(Decoder().decode(wire))


@given(st.one_of(st.binary(max_size=300), wire_bytes.map(bytes)), st.integers(0, 300))
def test_garbage_split_anywhere_is_read_alike_and_never_fails(garbage: bytes, at: int) -> None:
    decoder = Decoder()
    halves = decoder.decode(garbage[:at]) + decoder.decode(garbage[at:])
    assert joined(halves) == joined(Decoder().decode(garbage))
    assert all(piece for piece in halves if isinstance(piece, bytes))


def test_dle_sub_is_two_samples() -> None:
    assert Decoder().decode(b"\x01\x10\x1a\x02") == [b"\x01\x10\x10\x02"]


def counted(codes: str) -> str:
    counter = KeyCounter()
    return "".join(counter.key(code) or "" for code in codes)


def test_a_key_repeated_between_its_marks_counts_once() -> None:
    assert counted("/555~/555~/1~") == "551"


def test_a_key_of_a_chip_without_marks_counts_each_time() -> None:
    assert counted("55#") == "55#"


def test_other_events_are_no_keys() -> None:
    assert counted("bdRuq/~") == ""


@given(st.text(st.sampled_from("/~0123456789ABCD*#bdu")))
def test_no_key_counts_oftener_than_it_was_reported(codes: str) -> None:
    assert len(counted(codes)) <= sum(code in "0123456789ABCD*#" for code in codes)
