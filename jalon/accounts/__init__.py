"""Accounts of the professionals: sign-in with two factors, sessions, step-up."""
