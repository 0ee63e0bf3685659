"""The API's description as it truly is: how one signs in, and what every error looks like."""

from typing import Any, Final

from fastapi import FastAPI

PROBLEM: Final = {
    "description": "What went wrong, in words (RFC 9457).",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
NOT_SIGNED_IN: Final = "401"
NOT_ALLOWED: Final = "403"
NOT_UNDERSTOOD: Final = "422"
OF_FASTAPI: Final = ("HTTPValidationError", "ValidationError")
"""Its own form of an error, which nobody gets to see here."""
SCHEMES: Final = {
    "session": {"type": "apiKey", "in": "cookie", "name": "sid"},
    "token": {"type": "http", "scheme": "bearer"},
}
OPEN: Final = frozenset({"/api/health", "/api/login"})


class Api(FastAPI):
    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            self.openapi_schema = _with_errors(super().openapi())
        return self.openapi_schema


def _with_errors(description: dict[str, Any]) -> dict[str, Any]:
    components = description["components"]
    for name in OF_FASTAPI:
        components["schemas"].pop(name, None)
    components["securitySchemes"] = SCHEMES
    description["security"] = [{"session": []}, {"token": []}]
    for path, operations in description["paths"].items():
        for operation in operations.values():
            _complete(operation, is_open=path in OPEN)
    for operations in description.get("webhooks", {}).values():
        for operation in operations.values():
            operation["responses"] = {"2XX": {"description": "The receiver has it."}}
    return description


def _complete(operation: dict[str, Any], *, is_open: bool) -> None:
    errors = {"default": PROBLEM}
    if is_open:
        operation["security"] = []
    else:
        errors |= {NOT_SIGNED_IN: PROBLEM, NOT_ALLOWED: PROBLEM}
    if "parameters" in operation or "requestBody" in operation:
        errors[NOT_UNDERSTOOD] = PROBLEM
    operation["responses"] = {**operation["responses"], **errors}
