"""Behaviour of every core row of the contract, asked of any base URL with any key: nothing of ours."""
