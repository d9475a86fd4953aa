"""Sign the record of a verification, so that a later change of it is seen.

What a signature proves, and what it does not
---------------------------------------------
`sign_record` writes ``signature-1.json`` into the folder of a record: who signed, in which role, with which
decision, when, and the SHA-256 of every file of the folder. The signature of a second person,
``signature-2.json``, names the hash of the first. `check_record` then sees every changed, missing or added
file, and every changed signature.

- It detects change. It prevents none: files are made read-only as a reminder, not as a lock.
- It is no electronic signature in the sense of a law and no proof of identity: the name is what somebody
  typed, the time is what the clock of the computer said.
- Who can write into the folder can change the files and write every signature anew, or take the last one or
  all away. Nothing inside the folder can show that. Therefore the short hash is printed: written by hand on
  the signed paper, or sent to somebody else, it is the anchor, and `check_record` compares it with what is
  there.
"""

from seedbed.journey.signing.checking import RecordCheck, check_record, follows, refuse_unsound
from seedbed.journey.signing.places import check_unsigned
from seedbed.journey.signing.signature import DECISIONS, Signature, Statement
from seedbed.journey.signing.signing import sign_record

__all__ = [
    "DECISIONS",
    "RecordCheck",
    "Signature",
    "Statement",
    "check_record",
    "check_unsigned",
    "follows",
    "refuse_unsound",
    "sign_record",
]
