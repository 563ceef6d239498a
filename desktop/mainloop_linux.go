package main

import _ "pigrid/desktop/mainloop" // keeps Wails' use of WebKit on its thread
