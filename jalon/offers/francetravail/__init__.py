"""France Travail's *Offres d'emploi* v2: our client, the shape of an offer, and the fetch of every night."""
