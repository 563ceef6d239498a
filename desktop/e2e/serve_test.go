//go:build linux

package e2e

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// serve is a running pigrid-serve.
type serve struct {
	*process
	port, password string
	log            logBuffer
}

// startServe starts pigrid-serve for all networks, so that it wants a login, and adds all
// agents of a fleet.
func startServe(t *testing.T, f *fleet) *serve {
	t.Helper()
	state, err := os.MkdirTemp("", "p") // short enough for a socket's path
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(state) })
	env := append(os.Environ(), "PIGRID_SERVE_STATE_DIR="+state, "PIGRID_SERVE_MDNS=false")
	s := &serve{port: freePort(t)}
	cmd := exec.Command(serveProgram, "--listen", ":"+s.port)
	cmd.Env, cmd.Stdout, cmd.Stderr = env, &s.log, &s.log
	s.process = startProcess(t, cmd)
	until(t, 20*time.Second, "it listens", func() bool { return strings.Contains(s.log.String(), "msg=listening") })
	do := func(args ...string) string {
		command := exec.Command(serveProgram, args...)
		command.Env = env
		out, err := command.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %v %s", args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	for _, c := range f.list(t) {
		do("add", c.Addr)
	}
	s.password = do("password")
	return s
}

// TestServeInEveryEngine: pages of both engines show what pigrid-serve has, after a login
// once, over one connection to each camera; and no stream is open when no page is.
func TestServeInEveryEngine(t *testing.T) {
	const n = 16
	f := startFleet(t, n, 10)
	s := startServe(t, f)
	port, password := s.port, s.password

	var pages []*browser
	for i, e := range engines(t) {
		b := e.open(t, "http://127.0.0.1:"+port+"/")
		pages = append(pages, b)
		var field string
		b.run(t, `return document.querySelector("form input").name`, &field)
		if field != "password" {
			t.Fatalf("%s: a field %q in place of the login", e.name, field)
		}
		// By the form, Chromium asks over the pictures whether to save the password.
		way := [...]string{"/login#v=", "/?key="}[i]
		b.load(t, "http://127.0.0.1:"+port+way+password)
		until(t, 20*time.Second, e.name+" shows all cameras live", func() bool {
			var live int
			b.run(t, `return document.querySelectorAll("li.tile.live").length`, &live)
			return live == n
		})
		first, moved := map[uint8]uint32{}, map[uint8]bool{}
		until(t, 20*time.Second, e.name+" shows pictures that move", func() bool {
			for camera, frame := range frames(t, b.screen) { // some are being painted
				if _, seen := first[camera]; !seen {
					first[camera] = frame
				}
				moved[camera] = moved[camera] || frame > first[camera]
			}
			return len(moved) == n && !slices.Contains(slices.Collect(maps.Values(moved)), false)
		})
		for what, there := range map[string]bool{"Full screen": true, "Add a camera by address": false, "Settings": false} {
			var seen bool
			b.run(t, fmt.Sprintf(`return [...document.querySelectorAll("header button")].some((b) => b.ariaLabel === %q)`, what), &seen)
			if seen != there {
				t.Errorf("%s: a button %q: %v", e.name, what, seen)
			}
		}
	}
	for _, c := range f.list(t) {
		if c.Viewers != 1 {
			t.Errorf("%s has %d connections for %d pages", c.Name, c.Viewers, len(pages))
		}
	}
	for _, b := range pages {
		b.load(t, "about:blank")
	}
	until(t, 4*time.Second, "no stream is open when no page is", func() bool { return f.viewers(t) == 0 })

	begin := time.Now()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	until(t, 5*time.Second, "it ends", func() bool { return strings.Contains(s.log.String(), "msg=stopped") })
	if took := time.Since(begin); took > 2*time.Second {
		t.Errorf("its end took %v", took)
	}
	s.kill()
}
