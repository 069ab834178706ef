"""The law room: dated parameters and pure calculations, without Django and without a clock."""
