//go:build !bindings

package command

const needsDisplay = true
