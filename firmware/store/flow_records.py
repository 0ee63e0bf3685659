"""What the exchange writes for flows: answers to forms, and promises to call back."""

from datetime import datetime

from firmware.store.flow_rows import CallBackRow, FormAnswerRow
from firmware.store.repositories import Repository


class FormAnswers(Repository):
    def begin(self, answer: FormAnswerRow) -> None:
        """Without the row nobody would look for the file that is about to be written."""
        self._queue(self._row(answer), "recording-begun")

    async def keep(self, answer: FormAnswerRow) -> None:
        await self._settle(self._row(answer), "voicemail")

    async def delete(self, answer: FormAnswerRow, at: datetime) -> None:
        gone = {"deleted_at": at, "digits": None}
        await self._settle(self._row(answer.model_copy(update=gone)), "voicemail")


class CallBacks(Repository):
    async def put(self, promise: CallBackRow) -> None:
        """Safe before the caller is told. Raises StorageFault."""
        await self._settle(self._row(promise), "call-back")
