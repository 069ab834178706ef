from hypothesis import settings

# A loaded machine is not a failure.
settings.register_profile("rooms", deadline=None, max_examples=200)
settings.load_profile("rooms")
