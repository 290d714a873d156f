"""Output for readers: figures, tables and the ledger of claims, and the records behind them."""
