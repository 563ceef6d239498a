package main

import (
	"context"

	"pigrid/desktop/engine"
	"pigrid/desktop/notify/freedesktop"
)

// newNotices returns the desktop's way to show notices, for which no window is needed.
func newNotices(chan context.Context) engine.Notices { return &freedesktop.Desktop{} }
