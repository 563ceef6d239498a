//go:build !linux

package main

import (
	"context"
	"errors"
	"strconv"
	"sync"

	"github.com/wailsapp/wails/v2/pkg/runtime"

	"pigrid/desktop/engine"
	"pigrid/desktop/notify"
)

// windowNotices shows notices as Wails does on macOS and Windows.
type windowNotices struct {
	opened chan context.Context // has the window's once it is there

	mu    sync.Mutex
	ready bool
	sent  int
}

func newNotices(opened chan context.Context) engine.Notices { return &windowNotices{opened: opened} }

// Send implements [engine.Notices]. The first time, macOS asks the person.
func (w *windowNotices) Send(ctx context.Context, n notify.Notice) error {
	var window context.Context
	select {
	case window = <-w.opened:
		w.opened <- window
	case <-ctx.Done():
		return ctx.Err()
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.ready {
		if err := begin(window); err != nil {
			return err
		}
		w.ready = true
	}
	w.sent++
	return runtime.SendNotification(window, runtime.NotificationOptions{ID: "pigrid-" + strconv.Itoa(w.sent), Title: n.Title, Body: n.Body})
}

func begin(window context.Context) error {
	if !runtime.IsNotificationAvailable(window) {
		return errors.New("this system shows no notifications of PiGrid")
	}
	if err := runtime.InitializeNotifications(window); err != nil {
		return err
	}
	allowed, err := runtime.RequestNotificationAuthorization(window)
	if err == nil && !allowed {
		err = errors.New("the system's settings do not allow notifications of PiGrid")
	}
	return err
}
