"""Whether the server answers."""

from typing import Any

from fastapi import APIRouter

router = APIRouter(tags=["health"])


@router.get("/health")
def health() -> dict[str, Any]:
    """Say that the server answers; nothing about what it holds."""
    return {"ok": True}
