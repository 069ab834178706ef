"""What the rooms above may want to know of an account, sent inside the transaction of the act when there is one."""

from django.dispatch import Signal

signed_in = Signal()  # request, user
closed = Signal()  # user
