package main

import "pigrid/desktop/mainloop" // keeps Wails' use of WebKit on its thread

// led is how many calls of WebKit were brought to its thread.
func led() uint64 { return mainloop.Led() }
