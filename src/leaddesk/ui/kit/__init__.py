"""Kit: building blocks shared by all features; task scopes, wording, controls, painting, overlays.
May import: Qt, theme, personal, settings, the standard library.
Must not know: features, the desk, the store, the wire."""
