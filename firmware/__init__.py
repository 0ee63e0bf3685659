"""The call core of Tipring; it knows no hardware and no web page."""
