//go:build linux

package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// serve is a running pigrid-serve.
type serve struct {
	*process
	port, password string
	env            []string
	log            logBuffer
}

// startServe starts pigrid-serve for all networks, so that it wants a login, and adds all
// agents of a fleet, if there is one.
func startServe(t *testing.T, f *fleet, args ...string) *serve {
	t.Helper()
	state, err := os.MkdirTemp("", "p") // short enough for a socket's path
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(state) })
	s := &serve{port: freePort(t), env: append(os.Environ(), "PIGRID_SERVE_STATE_DIR="+state, "PIGRID_SERVE_MDNS=false")}
	cmd := exec.Command(serveProgram, append([]string{"--listen", ":" + s.port}, args...)...)
	cmd.Env, cmd.Stdout, cmd.Stderr = s.env, &s.log, &s.log
	s.process = startProcess(t, cmd)
	until(t, 20*time.Second, "it listens", func() bool { return strings.Contains(s.log.String(), "msg=listening") })
	if f != nil {
		for _, c := range f.list(t) {
			s.do(t, "add", c.Addr)
		}
	}
	s.password = s.do(t, "password")
	return s
}

// do runs a command of pigrid-serve and returns what it says.
func (s *serve) do(t *testing.T, args ...string) string {
	t.Helper()
	command := exec.Command(serveProgram, args...)
	command.Env = s.env
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %v %s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// TestServeInEveryEngine: pages of three engines show 64 cameras of pigrid-serve, after a
// login once, by six sockets at most and one connection to each camera; and no stream is
// open when no page is.
func TestServeInEveryEngine(t *testing.T) {
	const n = 64
	f := startFleet(t, n, 10)
	s := startServe(t, f)
	check := func(t *testing.T, name string, page *screen) {
		t.Helper()
		page.untilWall(t, n)
		page.save(t, "serve-"+name)
		if sockets := s.sockets(t); sockets > 6 {
			t.Errorf("%d sockets are open", sockets)
		}
		for _, c := range f.list(t) {
			if c.Viewers != 1 {
				t.Errorf("%s has %d connections for a page", c.Name, c.Viewers)
			}
		}
	}
	closed := func(t *testing.T) {
		t.Helper()
		until(t, 4*time.Second, "no stream is open when no page is", func() bool { return f.viewers(t) == 0 })
	}
	for i, e := range engines(t) {
		t.Run(e.name, func(t *testing.T) {
			b := e.open(t, "http://"+net127(s.port)+"/")
			var field string
			b.run(t, `return document.querySelector("form input").name`, &field)
			if field != "password" {
				t.Fatalf("a field %q in place of the login", field)
			}
			// By the form, Chromium asks over the pictures whether to save the password.
			way := [...]string{"/login#v=", "/?key="}[i]
			b.load(t, "http://"+net127(s.port)+way+s.password)
			check(t, e.name, b.screen)
			for what, there := range map[string]bool{"Full screen": true, "Add a camera by address": false, "Settings": false} {
				var seen bool
				b.run(t, fmt.Sprintf(`return [...document.querySelectorAll("header button")].some((b) => b.ariaLabel === %q)`, what), &seen)
				if seen != there {
					t.Errorf("a button %q: %v", what, seen)
				}
			}
			b.load(t, "about:blank")
			closed(t)
		})
	}
	t.Run("Firefox", func(t *testing.T) {
		fox, page := openFirefox(t, "http://"+net127(s.port)+"/?key="+s.password)
		page.xdotool(t, "mousemove", "1919", "1079") // a tile under it would show its buttons
		check(t, "Firefox", page)
		fox.kill()
		closed(t)
	})

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

// sockets is how many connections to pigrid-serve are open.
func (s *serve) sockets(t *testing.T) (open int) {
	t.Helper()
	port, err := strconv.Atoi(s.port)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			// number local remote state …; 01 is established
			f := strings.Fields(line)
			if strings.HasSuffix(f[1], fmt.Sprintf(":%04X", port)) && f[3] == "01" {
				open++
			}
		}
	}
	return open
}

// firefoxPrefs keep a new profile from showing anything but the page, which is dark: a
// strip begins and ends white.
const firefoxPrefs = `
user_pref("browser.aboutwelcome.enabled", false);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("browser.startup.homepage_override.mstone", "ignore");
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("browser.safebrowsing.update.enabled", false);
user_pref("app.normandy.enabled", false);
user_pref("app.update.enabled", false);
user_pref("toolkit.telemetry.enabled", false);
user_pref("signon.rememberSignons", false);
user_pref("layout.css.prefers-color-scheme.content-override", 0);
`

// openFirefox shows a URL in a Firefox that fills its screen.
func openFirefox(t *testing.T, url string) (*process, *screen) {
	t.Helper()
	s, home := newScreen(t), t.TempDir()
	if err := os.WriteFile(filepath.Join(home, "user.js"), []byte(firefoxPrefs), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("firefox-esr", "--no-remote", "--kiosk", "--width", "1920", "--height", "1080", "--profile", home, url)
	cmd.Env = append(os.Environ(), "DISPLAY="+s.display, "HOME="+home, "XDG_RUNTIME_DIR="+home, "DBUS_SESSION_BUS_ADDRESS=disabled:", "WAYLAND_DISPLAY=")
	p := startProcess(t, cmd)
	s.keepWhenFailed(t)
	return p, s
}
