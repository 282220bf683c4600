// Opens a sealed gallery.
