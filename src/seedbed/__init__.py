"""Seedbed plans, verifies and follows permanent iodine-125 seed implants, and analyses what they did.

Research software, not a cleared medical device: a physicist checks every plan.

Nothing is loaded here. Import what you need from the folder that is named after the step::

    from seedbed.dosimetry import load_source, total_dose
"""

__version__ = "0.1.0"
