"""A6: what is left in the memory of a client, its keeper and its opener, after lock and sign-out."""
