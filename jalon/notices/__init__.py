"""Deadlines, reminders and the messages that say nothing."""
