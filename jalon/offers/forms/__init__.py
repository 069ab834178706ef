"""The forms of the catalogue, of an orientation, and of one person's matching."""
