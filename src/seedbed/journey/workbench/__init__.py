"""What the workbench in the browser asks of the journey; it knows no HTTP."""
