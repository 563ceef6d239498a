package awake

import (
	"context"
	"errors"
	"fmt"
	"os/exec"

	"github.com/godbus/dbus/v5"
)

// Keep keeps the screen on until ctx ends or this program does. Desktops are asked over
// the session bus; on a bare X server the screen saver and power saving are turned off,
// and stay so.
func Keep(ctx context.Context) error {
	err := inhibit(ctx)
	if err == nil {
		return nil
	}
	if out, failed := exec.CommandContext(ctx, "xset", "s", "off", "-dpms").CombinedOutput(); failed != nil {
		return errors.Join(err, fmt.Errorf("xset: %w %s", failed, out))
	}
	return nil
}

// inhibit asks the desktop. What it grants ends with the connection.
func inhibit(ctx context.Context) error {
	conn, err := dbus.ConnectSessionBus(dbus.WithContext(ctx))
	if err != nil {
		return err
	}
	service := conn.Object("org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver")
	if err := service.CallWithContext(ctx, "org.freedesktop.ScreenSaver.Inhibit", 0, "PiGrid", "It shows cameras").Err; err != nil {
		_ = conn.Close()
		return err
	}
	context.AfterFunc(ctx, func() { _ = conn.Close() })
	return nil
}
