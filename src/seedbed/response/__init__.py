"""How the disease answered."""

from seedbed.response.confirmation import Confirmation, Response
from seedbed.response.differences import Difference, profile_differences
from seedbed.response.history import Duration, ResponseHistory, TimepointResponse
from seedbed.response.profiles import PROFILES, load_profile
from seedbed.response.recist import assess_response
from seedbed.response.volume import ellipsoid_volume_cc, volume_reduction_pct

__all__ = [
    "PROFILES",
    "Confirmation",
    "Difference",
    "Duration",
    "Response",
    "ResponseHistory",
    "TimepointResponse",
    "assess_response",
    "ellipsoid_volume_cc",
    "load_profile",
    "profile_differences",
    "volume_reduction_pct",
]
