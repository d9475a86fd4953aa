"""How the lesion answered."""

from seedbed.response.confirmation import Confirmation, Response
from seedbed.response.recist import ResponseHistory, TimepointResponse, assess_response
from seedbed.response.volume import ellipsoid_volume_cc, volume_reduction_pct

__all__ = [
    "Confirmation",
    "Response",
    "ResponseHistory",
    "TimepointResponse",
    "assess_response",
    "ellipsoid_volume_cc",
    "volume_reduction_pct",
]
