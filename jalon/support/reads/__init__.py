"""One function per screen of the joint support: bounded queries, with exactly what the screen shows."""
