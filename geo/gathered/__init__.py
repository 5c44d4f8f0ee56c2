"""Collections that are made of the projects: who is behind them, and in which countries they are."""
