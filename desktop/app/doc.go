// Package app is the desktop app without its window: it starts and stops
// everything, and serves what the page asks over HTTP: the state, the frames and
// the commands. All of it runs under net/http in tests; only desktop's main package
// knows Wails.
package app
