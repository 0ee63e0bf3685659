"""The name of a SIP dialog (RFC 3261, 12) and what a Replaces header (RFC 3891) says of one."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Dialog:
    call_id: str = ""
    own_tag: str = ""
    far_tag: str = ""

    def answered(self, far_tag: str) -> "Dialog":
        return replace(self, far_tag=far_tag)

    def is_meant_by(self, replaces: str) -> bool:
        """Whether a Replaces value, `call-id;to-tag=..;from-tag=..`, names this dialog.

        The far end writes its own tag as either, by who called whom.
        """
        call_id, *parameters = (part.strip() for part in replaces.split(";"))
        tags = {
            value
            for name, _, value in (one.partition("=") for one in parameters)
            if name.lower() in {"to-tag", "from-tag"}
        }
        return bool(call_id) and call_id == self.call_id and tags == {self.own_tag, self.far_tag}
