"""What was really implanted, what dose it gave, and where it is cold."""
