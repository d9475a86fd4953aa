"""The register of patients: a store that loses nothing.

Received DICOM files lie in a folder by the hash of their content; the register indexes them.
`seedbed.registry.opening` opens it; SQLAlchemy is loaded only there.
"""
