package freedesktop

import (
	"bufio"
	"context"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"go.uber.org/goleak"

	"pigrid/desktop/notify"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// server is a desktop's notification server.
type server struct {
	can   []string
	shown chan notify.Notice
}

// GetCapabilities and Notify are those of the specification.
func (s server) GetCapabilities() ([]string, *dbus.Error) { return s.can, nil }

func (s server) Notify(program string, _ uint32, icon, title, body string, actions []string, hints map[string]dbus.Variant, expires int32) (uint32, *dbus.Error) {
	if program != "PiGrid" || icon != "pigrid" || len(actions) > 0 || hints["desktop-entry"].Value() != "pigrid" || expires != -1 {
		return 0, dbus.NewError("org.freedesktop.DBus.Error.InvalidArgs", nil)
	}
	s.shown <- notify.Notice{Title: title, Body: body}
	return 1, nil
}

// desk starts a bus of its own, on which such a server runs.
func desk(t *testing.T, s server) (conn *dbus.Conn) {
	t.Helper()
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
	conn, err = dbus.ConnectSessionBus()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.Export(s, path, service); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.RequestName(service, dbus.NameFlagDoNotQueue); err != nil {
		t.Fatal(err)
	}
	return conn
}

// TestTheDesktopShowsIt with its words, whatever a camera is called, and again after the
// desktop was started again.
func TestTheDesktopShowsIt(t *testing.T) {
	bad := notify.Notice{Title: "<b>Garage</b>: no pictures", Body: `Since 14:02. "<a href=x>" & more`}
	for can, body := range map[string]string{
		"body":        bad.Body,
		"body-markup": `Since 14:02. "&lt;a href=x&gt;" &amp; more`,
	} {
		t.Run(can, func(t *testing.T) {
			s := server{[]string{can}, make(chan notify.Notice, 1)}
			desk(t, s)
			var d Desktop
			defer d.Close()
			for range 2 {
				if err := d.Send(t.Context(), bad); err != nil {
					t.Fatal(err)
				}
				if got := <-s.shown; got.Title != bad.Title || got.Body != body {
					t.Errorf("shown %+v", got)
				}
			}
			_ = d.conn.Close() // the bus was started again
			if err := d.Send(t.Context(), bad); err != nil {
				t.Errorf("not after the bus was started again: %v", err)
			}
		})
	}
}

// TestADesktopThatDoesNotAnswer holds nobody up.
func TestADesktopThatDoesNotAnswer(t *testing.T) {
	s := server{nil, make(chan notify.Notice)}
	desk(t, s)
	var d Desktop
	defer d.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := d.Send(ctx, notify.Notice{Title: "a", Body: "b"}); err == nil {
		t.Error("it was shown to nobody")
	}
	<-s.shown // let its handler go
}

func TestNoDesktop(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "disabled:")
	var d Desktop
	if err := d.Send(t.Context(), notify.Notice{Title: "a", Body: "b"}); err == nil {
		t.Error("there is none")
	}
	d.Close()
}
