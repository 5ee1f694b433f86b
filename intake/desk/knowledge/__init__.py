"""Articles that answer before a person does: read, checked, found and cited. Pure."""
