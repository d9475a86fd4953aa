"""The workbench in the browser: each route parses, calls one function of the journey, and answers.

FastAPI and uvicorn are loaded only where `seedbed serve` runs.
"""
