// Package awake keeps the screen on, for a window that nobody sits at.
package awake
