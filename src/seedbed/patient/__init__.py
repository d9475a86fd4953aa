"""People, lesions, visits and treatments as plain frozen records."""
