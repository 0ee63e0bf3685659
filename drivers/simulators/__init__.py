"""Far ends that speak the real wire protocol on a pty, and the public network behind them.

They see contract and dsp only: a simulator never shares a parser with the driver it judges.
"""
