"""Tour: the main job played by three client processes with real keys, asserted in painted text.
May import: demo, wiring, the api client; the one place that writes files (pictures into the chosen folder).
Must not know: any server but the demo's own; how a window is built."""
