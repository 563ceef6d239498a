// Package adding finds out what is at an address that a person typed: an agent, or
// another camera that speaks MJPEG, with or without a password.
package adding
