"""The routes, one file for each part; every module here with a `router` is found by itself."""
