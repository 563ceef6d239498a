package e2e

import (
	"bytes"
	"context"
	"errors"
	"image/jpeg"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"pigrid/shared/mjpeg"
	"pigrid/shared/strip"
)

// firefoxPrefs keep a new profile from showing anything but the page.
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
`

// chromiumPrefs keep Chromium from asking whether it shall remember a password: the
// question would hide a part of the picture.
const chromiumPrefs = `{"credentials_enable_service": false, "profile": {"password_manager_enabled": false}}`

// show opens a URL as a person would, in a browser that ends with the test.
func show(t *testing.T, s *screen, browser, url string) {
	t.Helper()
	profile := t.TempDir()
	var cmd *exec.Cmd
	switch browser {
	case "Chromium":
		prefs := filepath.Join(profile, "Default", "Preferences")
		if err := errors.Join(os.MkdirAll(filepath.Dir(prefs), 0o700), os.WriteFile(prefs, []byte(chromiumPrefs), 0o600)); err != nil {
			t.Fatal(err)
		}
		cmd = exec.Command("chromium", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
			"--disable-component-update", "--disable-sync", "--password-store=basic", "--window-position=0,0", "--window-size=1200,1000",
			"--user-data-dir="+profile, url)
	case "Firefox":
		if err := os.WriteFile(filepath.Join(profile, "user.js"), []byte(firefoxPrefs), 0o600); err != nil {
			t.Fatal(err)
		}
		cmd = exec.Command("firefox-esr", "--no-remote", "--width", "1200", "--height", "1000", "--profile", profile, url)
	case "WebKit":
		found, err := filepath.Glob("/usr/lib/*/webkit2gtk-4.1/MiniBrowser")
		if err != nil || len(found) == 0 {
			t.Fatal("there is no MiniBrowser, which comes with libwebkit2gtk-4.1:", err)
		}
		cmd = exec.Command(found[0], "--geometry=1200x1000", url)
	}
	cmd.Env = append(os.Environ(), "DISPLAY="+s.display, "HOME="+profile, "XDG_RUNTIME_DIR="+profile, "DBUS_SESSION_BUS_ADDRESS=disabled:")
	launch(t, cmd)
}

// TestBrowsersShowAFrameAtOnce: at 2 fps a picture is on the screen before the
// next one is taken. Browsers draw a part when the next one begins; the advance
// variant lets it begin at once. Beside it, what the standard one does to them.
func TestBrowsersShowAFrameAtOnce(t *testing.T) {
	a := start(t, nil, "--source", "pattern", "--framerate", "2")
	taken := timestamps(t, a.url)
	for _, browser := range []string{"Chromium", "Firefox"} {
		for _, path := range []string{"/", "/video", "/video?advance=0"} {
			t.Run(browser+" "+path, func(t *testing.T) {
				s := newScreen(t)
				show(t, s, browser, a.url+path)
				seen := look(t, s)
				var late []time.Duration
				early := 0 // pictures seen before the next one was taken
				for n, at := range seen {
					next := taken.of(t, n+1)
					late = append(late, at.Sub(taken.of(t, n)).Round(time.Millisecond))
					if at.Before(next) {
						early++
					}
				}
				slices.Sort(late)
				t.Logf("%d of %d pictures before the next one; on the screen after %v (p50), %v at most", early, len(late), late[len(late)/2], late[len(late)-1])
				// All are early on a quiet machine and some on one that is too busy for
				// its browser; a browser that waits for the next part shows none.
				if path != "/video?advance=0" && early < len(late)/4 {
					t.Errorf("only %d of %d pictures were on the screen before the next one was taken: %v", early, len(late), late)
				}
			})
		}
	}
}

// look watches the screen while twelve pictures come and returns when each was
// seen first. Some are let go by before: a browser that starts is busy.
func look(t *testing.T, s *screen) map[uint32]time.Time {
	t.Helper()
	seen := map[uint32]time.Time{}
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	var last uint32
	shown := 0
	for deadline := time.Now().Add(90 * time.Second); len(seen) < 12; <-tick.C {
		n, ok := s.frame(t)
		now := time.Now()
		if ok && n != last {
			last = n
			if shown++; shown > 4 {
				seen[n] = now
			}
		}
		if now.After(deadline) {
			t.Fatalf("only %d pictures were on the screen in 90 s", len(seen))
		}
	}
	return seen
}

// takenAt is when each frame was taken, by its number.
type takenAt struct {
	mu    sync.Mutex
	times map[uint32]time.Time
	ended bool
	more  *sync.Cond
}

// timestamps reads an agent's stream, as a program does, until the test ends.
func timestamps(t *testing.T, url string) *takenAt {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/video", nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	frames, err := mjpeg.NewReader(answer.Body, answer.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	all := &takenAt{times: map[uint32]time.Time{}}
	all.more = sync.NewCond(&all.mu)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer all.end()
		for {
			f, err := frames.Next()
			if err != nil {
				return
			}
			img, err := jpeg.Decode(bytes.NewReader(f.JPEG))
			if err != nil {
				t.Error(err)
				return
			}
			seconds, err := strconv.ParseFloat(f.Header.Get(mjpeg.TimestampHeader), 64)
			found := strip.Find(img)
			if err != nil || len(found) != 1 {
				t.Errorf("a frame without number or time: %v", err)
				return
			}
			all.mu.Lock()
			all.times[found[0].Frame] = time.UnixMicro(int64(seconds * 1e6))
			all.mu.Unlock()
			all.more.Broadcast()
		}
	}()
	t.Cleanup(func() { cancel(); _ = answer.Body.Close(); <-ended })
	return all
}

func (a *takenAt) end() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.ended = true
	a.more.Broadcast()
}

// of waits for a frame and returns when it was taken.
func (a *takenAt) of(t *testing.T, n uint32) time.Time {
	t.Helper()
	a.mu.Lock()
	defer a.mu.Unlock()
	for ; ; a.more.Wait() {
		if at, ok := a.times[n]; ok {
			return at
		}
		if a.ended {
			t.Fatalf("the stream ended before frame %d", n)
		}
	}
}
