// Finds a gallery by its code.
