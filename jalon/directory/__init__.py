"""Organisations, departments, accreditations and memberships."""
