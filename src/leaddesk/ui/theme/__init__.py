"""Theme: the only colours and pixels; tokens, palette, one stylesheet, fonts, icons.
May import: Qt, settings (the resource folder), the standard library.
Must not know: widgets of ours, features, words, the desk and everything below it."""
