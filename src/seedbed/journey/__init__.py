"""The steps a clinic takes, where science and adapters meet."""
