"""Answers: JSON in one form, and every refusal as a sentence in three parts with a code."""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from seedbed.errors import OutputError, SeedbedError
from seedbed.journey.workbench.encoded import Encoded, encoded
from seedbed.journey.workbench.refusals import BAD_INPUT, Refusal

STATUS: Mapping[str, int] = {
    BAD_INPUT: 400,
    "not_signed_in": 401,
    "forbidden": 403,
    "not_found": 404,
    "changed_elsewhere": 409,
    "locked": 423,
    "too_large": 413,
    "busy": 429,
}
"""HTTP status of each code."""
OF_STATUS = {401: "not_signed_in", 403: "forbidden", 404: "not_found", 413: "too_large", 429: "busy"}
FAULTS_NAMED = 5


class JsonAnswer(JSONResponse):
    """JSON without blanks; a number that is none is an error of ours, never silently null."""

    def render(self, content: Any) -> bytes:
        """Write it."""
        return encoded(content).octets


def kept_answer(request: Request, kept: Encoded) -> Response:
    """Answer with what was encoded before: nothing where the browser has it, else pressed if it may.

    The tag is of the answer before it is pressed, so it is a weak one (RFC 9110, 8.8.1).
    """
    tag = f"W/{kept.tag}"
    headers = {"ETag": tag, "Vary": "Accept-Encoding"}
    if tag in (each.strip() for each in request.headers.get("if-none-match", "").split(",")):
        return Response(status_code=304, headers=headers)
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(kept.octets, media_type="application/json", headers=headers)
    headers["Content-Encoding"] = "gzip"
    return Response(kept.pressed, media_type="application/json", headers=headers)


def refusal(came: str, expected: str, do: str, *, code: str, status: int | None = None) -> JsonAnswer:
    """Answer with a sentence.

    Examples
    --------
    >>> refusal("no case 'x'", "one that is listed", "look at the list", code="not_found").status_code
    404
    """
    said = {"came": came, "expected": expected, "do": do, "code": code}
    return JsonAnswer({"error": said}, status_code=status or STATUS[code])


def too_large(file_bytes: int, other_bytes: int) -> JsonAnswer:
    """Answer to more than the settings allow, with what they allow."""
    return refusal(
        "the request is larger than the settings allow",
        f"at most {file_bytes / 2**20:.0f} MiB for a file, {other_bytes / 2**20:.0f} MiB for anything else",
        "send less at once, or have the administrator raise the limit",
        code="too_large",
    )


def add_handlers(app: FastAPI) -> None:
    """Turn what routes raise into answers."""
    app.add_exception_handler(SeedbedError, _seedbed_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_error)


def _seedbed_error(_request: Request, error: Exception) -> JsonAnswer:
    assert isinstance(error, SeedbedError)  # noqa: S101 - what it is registered for
    code = BAD_INPUT
    if isinstance(error, Refusal):
        code = error.code
    elif isinstance(error, OutputError):
        code = "busy"
    return refusal(error.came, error.expected, error.do, code=code)


def _validation_error(_request: Request, error: Exception) -> JsonAnswer:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    faults = [f"{_place(each['loc'])}: {each['msg']}" for each in error.errors()[:FAULTS_NAMED]]
    said = SeedbedError("; ".join(faults), "what the route takes", "correct it")
    return refusal(said.came, said.expected, said.do, code=BAD_INPUT)


def _http_error(request: Request, error: Exception) -> JsonAnswer:
    assert isinstance(error, HTTPException)  # noqa: S101
    if error.status_code == STATUS["too_large"]:
        settings = request.app.state.bench.settings
        return too_large(settings.upload_bytes, settings.body_bytes)
    code = OF_STATUS.get(error.status_code, BAD_INPUT)
    answer = refusal(str(error.detail), "a request that the API knows", "correct it", code=code)
    answer.status_code = error.status_code
    answer.headers.update(error.headers or {})
    return answer


def _place(loc: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in loc)
