"""What the guard, the hushed errors and a clean start promise, counted: A2 to A5, A7, A8."""
