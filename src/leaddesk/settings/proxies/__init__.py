"""Which proxy leads out of a company's network: settings, environment, then the operating system's own.
May import: the standard library only.
Must not know: HTTP, how a proxy is spoken to, people."""
