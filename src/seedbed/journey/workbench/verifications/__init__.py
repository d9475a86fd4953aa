"""A verification in the browser: seeds found after implantation, judged by people, and their dose."""
