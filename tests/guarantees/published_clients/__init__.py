"""Small programs that behave as the vendor's published clients do (contract, "Core: facts"), no more."""
