"""The workstation around the window: what its desktop tells of locking, sleep, switching; and the time.
May import: personal; jeepney for the buses.
Must not know: Qt, the session, what is shown."""
