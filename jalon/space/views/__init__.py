"""The desk's pages (professional host) and hers (her host): see ``desk``, ``door``, ``screens``, ``acts``."""
