"""The working day: everything between sign-in and lock, built and closed as one.
May import: kit, theme, the rest of the shell below the stages.
Must not know: how one signs in or unlocks, what comes after the day."""
