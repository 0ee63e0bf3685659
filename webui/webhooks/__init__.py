"""Other programs of the office are told what happens, by HTTP, in order and until they have it."""
