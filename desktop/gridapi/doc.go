// Package gridapi is what the page can ask over HTTP: the state, the frames and the
// commands. It is the same for the window and for a browser.
package gridapi
