"""Seeds and needles in a body, their strength in time, what to order and what to measure."""

from seedbed.implant.decay import cumulated_days, decay_factor, strength_at
from seedbed.implant.order import OrderRequest, OrderSheet, order_sheet
from seedbed.implant.radionuclides import Radionuclide, radionuclide, radionuclide_names
from seedbed.implant.seeds import Needle, SeedImplant

__all__ = [
    "Needle",
    "OrderRequest",
    "OrderSheet",
    "Radionuclide",
    "SeedImplant",
    "cumulated_days",
    "decay_factor",
    "order_sheet",
    "radionuclide",
    "radionuclide_names",
    "strength_at",
]
