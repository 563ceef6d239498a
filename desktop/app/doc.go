// Package app is the desktop app without its window: it starts and stops
// everything, answers the methods the page may call, tells the page the state,
// and serves the frames the page pulls. All of it runs under net/http in tests;
// only window.go and desktop/main.go know Wails.
package app
