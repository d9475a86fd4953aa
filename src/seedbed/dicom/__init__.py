"""DICOM files to and from plain nouns."""
