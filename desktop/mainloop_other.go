//go:build !linux

package main

// led is 0: other systems' WebView may be used on any thread.
func led() uint64 { return 0 }
