"""Layout, components, strict fields and error pages. No word of the domain lives here."""
