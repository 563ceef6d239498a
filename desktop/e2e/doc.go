// Package e2e runs the real app in a real window against real agents and looks
// at the screen. It runs on Linux only, and only with PIGRID_E2E=1, as
// `make test` does.
package e2e
