"""Models of dose: sources, TG-43, dose-volume histograms."""
