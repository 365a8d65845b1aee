"""Search: folding, the bigram index, resumable queries and sort ranks over slots.
May import: the standard library only.
Must not know: what a lead is; it sees slots, texts and sort keys."""
