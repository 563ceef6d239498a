//go:build !linux || bindings

package command

// Other systems have no such variables, and the program that writes the page's
// bindings opens no window.
const needsDisplay = false
