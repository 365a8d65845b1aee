"""Blueprints: what an operator gives a firm to work with is set in its log, all of it or nothing, on record.
May import: the domain's blueprint, projections, eventlog, office and interventions beside it.
Must not know: files, HTTP, how a blueprint is written."""
