"""What readers see: figures, tables and the ledger of claims, and the records behind them."""
