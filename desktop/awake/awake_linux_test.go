package awake

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
)

// saver is a desktop's service.
type saver struct{ asked chan dbus.Sender }

// Inhibit is called by who wants the screen to stay on.
func (s saver) Inhibit(from dbus.Sender, program, why string) (uint32, *dbus.Error) {
	if program != "PiGrid" || why == "" {
		return 0, dbus.NewError("org.freedesktop.DBus.Error.InvalidArgs", nil)
	}
	s.asked <- from
	return 1, nil
}

// TestTheDesktopIsAsked, and what it grants ends with the program's connection.
func TestTheDesktopIsAsked(t *testing.T) {
	daemon := exec.Command("dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address")
	out, err := daemon.StdoutPipe()
	if err == nil {
		err = daemon.Start()
	}
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { _ = daemon.Process.Kill(); _ = daemon.Wait() })
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", strings.TrimSpace(address))
	desk, err := dbus.ConnectSessionBus()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = desk.Close() }()
	s := saver{make(chan dbus.Sender, 1)}
	if err := desk.Export(s, "/org/freedesktop/ScreenSaver", "org.freedesktop.ScreenSaver"); err != nil {
		t.Fatal(err)
	}
	if _, err := desk.RequestName("org.freedesktop.ScreenSaver", dbus.NameFlagDoNotQueue); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	if err := Keep(ctx); err != nil {
		t.Fatal(err)
	}
	from := string(<-s.asked)
	holds := func() bool {
		return desk.BusObject().Call("org.freedesktop.DBus.GetNameOwner", 0, from).Err == nil
	}
	if !holds() {
		t.Error("it does not hold on to it")
	}
	cancel()
	for limit := time.Now().Add(10 * time.Second); holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(limit) {
			t.Fatal("it never lets go")
		}
	}
}

// TestABareScreen: where there is no desktop, the X server is told.
func TestABareScreen(t *testing.T) {
	dir := t.TempDir()
	told := filepath.Join(dir, "told")
	script := "#!/bin/sh\necho \"$@\" >" + told + "\n"
	if err := os.WriteFile(filepath.Join(dir, "xset"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "disabled:")
	t.Setenv("PATH", dir)
	if err := Keep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if said, err := os.ReadFile(told); err != nil || string(said) != "s off -dpms\n" {
		t.Errorf("told %q, %v", said, err)
	}
	t.Setenv("PATH", filepath.Join(dir, "empty"))
	if err := Keep(t.Context()); err == nil {
		t.Error("nobody was told, and nobody knows")
	}
}
