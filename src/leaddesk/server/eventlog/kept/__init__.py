"""Numbers that are kept beside the rows they count, exact in every transaction.
May import: eventlog's unit of work, by name only; the standard library.
Must not know: what a lead is beyond the columns that are counted, who asks."""
