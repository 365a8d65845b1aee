"""Operations: configuration, logs, metrics, health, upkeep; what an operator sees of a server.
May import: contract, personal, identity, keys, leases, oversight, Starlette's types.
Must not know: leads, single endpoints, the population, how the process is started."""
