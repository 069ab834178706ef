"""What the vault tells the rooms above it."""

from django.dispatch import Signal

# An operation on keys, sent inside its transaction: the journal records it, or the operation does not happen.
# Arguments: verb (a code), count, and ``sealed``: the rows written again.
key_operation = Signal()
