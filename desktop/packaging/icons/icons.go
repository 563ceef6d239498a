// Package icons holds PiGrid's icon in the forms that systems want. `make icons`
// makes all of them from ../pigrid.svg; they are in git because a Mac has no
// program that draws SVG files, and Go must find what it embeds.
package icons

import _ "embed"

//go:embed window.png
var window []byte

// Window returns the icon of the app's window on Linux, a PNG of 128 x 128 pixels:
// task bars and window switchers show it smaller than that.
func Window() []byte { return window }
