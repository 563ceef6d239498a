package systemd

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// manager is the socket of a service manager.
func manager(t *testing.T, name string) (heard func() string, conn *net.UnixConn) {
	t.Helper()
	socket, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: name, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { socket.Close() })
	return func() string {
		t.Helper()
		b := make([]byte, 1024)
		_ = socket.SetReadDeadline(time.Now().Add(10 * time.Second))
		n, err := socket.Read(b)
		if err != nil {
			t.Fatal(err)
		}
		return string(b[:n])
	}, socket
}

func TestTheManagerHears(t *testing.T) {
	for name, socket := range map[string]string{
		"a path":             filepath.Join(t.TempDir(), "notify"),
		"an abstract socket": fmt.Sprintf("@pigrid-test-%d", os.Getpid()),
	} {
		t.Run(name, func(t *testing.T) {
			heard, _ := manager(t, socket)
			t.Setenv(socketVariable, socket)
			t.Setenv(intervalVariable, "30000")
			t.Setenv(pidVariable, fmt.Sprint(os.Getpid()))
			s := Take()
			for _, name := range []string{socketVariable, intervalVariable, pidVariable} {
				if _, set := os.LookupEnv(name); set {
					t.Errorf("children would see %s", name)
				}
			}
			ctx, cancel := context.WithCancel(t.Context())
			asked := 0
			done := make(chan struct{})
			go func() {
				defer close(done)
				s.Run(ctx, "Open http://garden.local:8080/", func() { asked++ }, slog.New(slog.DiscardHandler))
			}()
			if got := heard(); got != "READY=1\nSTATUS=Open http://garden.local:8080/" {
				t.Errorf("first %q", got)
			}
			for range 3 {
				if got := heard(); got != "WATCHDOG=1" {
					t.Errorf("then %q", got)
				}
			}
			cancel()
			got := heard()
			for got == "WATCHDOG=1" {
				got = heard()
			}
			if <-done; got != "STOPPING=1" || asked < 3 {
				t.Errorf("at last %q; asked %d times whether it is alive", got, asked)
			}
		})
	}
}

// TestAStuckProgramIsSilent, so that the manager restarts it.
func TestAStuckProgramIsSilent(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "notify")
	heard, conn := manager(t, socket)
	stuck, reached := make(chan struct{}), make(chan struct{})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	alive := sync.OnceFunc(func() { close(reached); <-stuck; cancel() })
	go func() {
		defer close(done)
		Service{socket: socket, watchdog: 3 * time.Millisecond}.Run(ctx, "", alive, slog.New(slog.DiscardHandler))
	}()
	heard() // READY
	<-reached
	_ = conn.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
	if n, err := conn.Read(make([]byte, 100)); err == nil {
		t.Errorf("%d bytes from a stuck program", n)
	}
	close(stuck)
	<-done
}

func TestTake(t *testing.T) {
	for name, tt := range map[string]struct {
		socket, micros, pid string
		want                Service
	}{
		"started by hand": {"", "", "", Service{}},
		"no watchdog":     {"/run/notify", "", "", Service{socket: "/run/notify"}},
		"a watchdog":      {"/run/notify", "30000000", "", Service{"/run/notify", 30 * time.Second}},
		"another process": {"/run/notify", "30000000", "1", Service{socket: "/run/notify"}},
		"not a number":    {"/run/notify", "-1", "", Service{socket: "/run/notify"}},
	} {
		t.Setenv(socketVariable, tt.socket)
		t.Setenv(intervalVariable, tt.micros)
		t.Setenv(pidVariable, tt.pid)
		if got := Take(); got != tt.want {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// TestNobodyListens: a program goes on without its manager, and says so.
func TestNobodyListens(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var said strings.Builder
	Service{socket: filepath.Join(t.TempDir(), "gone")}.Run(ctx, "", nil, slog.New(slog.NewTextHandler(&said, nil)))
	if !strings.Contains(said.String(), "cannot report to systemd") {
		t.Errorf("said %q", said.String())
	}
	Service{}.Run(t.Context(), "", nil, nil) // started by hand: returns at once
}
