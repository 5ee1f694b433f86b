"""Reports: gathered from the store, shown on a terminal, as a page, as a table or by mail."""
