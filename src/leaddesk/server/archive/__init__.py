"""Archive: the whole history as one file of ciphertext, and its verification anywhere (guarantee S6).
May import: eventlog, oversight, operations, leases, evidence, contract.
Must not know: keys, what events mean, HTTP."""
