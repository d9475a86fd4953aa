"""Two CTs of one patient on the workbench: matched once, then looked at side by side."""
