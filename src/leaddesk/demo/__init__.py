"""Demo: the embedded server as a child process, the demo's driver and the tour (extra ``server``).
May import: everything below wiring; server is started as a process, not imported.
Must not know: any server but the one it started."""
