"""Two CTs of one patient at matched planes: before and after treatment."""
