"""The long forms: hours, hundreds of kills, a thousand calls; `make soak` runs them."""
