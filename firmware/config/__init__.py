"""The office's configuration: models of tipring.toml, loading with clear faults, history."""
