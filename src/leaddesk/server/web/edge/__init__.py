"""Edge: what every request passes: authentication, input, answers, problems, limits, headers.
May import: contract, personal, identity, domain's refusals, eventlog's failures, Starlette.
Must not know: single endpoints, storage, the population."""
