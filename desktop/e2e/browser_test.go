//go:build linux

package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// engine is a browser engine and the program that drives it by WebDriver.
type engine struct {
	name         string
	driver       []string // %s is the port
	capabilities map[string]any
	fills        bool // it fills its screen by itself
}

// engines are those of the app's windows: WebKitGTK is the one on Linux,
// Chromium stands in for WebView2 on Windows.
func engines(t *testing.T) []engine {
	t.Helper()
	mini, err := filepath.Glob("/usr/lib/*/webkit2gtk-4.1/MiniBrowser")
	if err != nil || len(mini) == 0 {
		t.Fatal("no MiniBrowser: install libwebkit2gtk-4.1-0")
	}
	return []engine{
		{"WebKitGTK", []string{"WebKitWebDriver", "--host=127.0.0.1", "--port=%s"}, map[string]any{
			"webkitgtk:browserOptions": map[string]any{
				"binary": mini[0], "args": []string{"--automation"},
			},
		}, false},
		{"Chromium", []string{"chromedriver", "--port=%s"}, map[string]any{
			"goog:chromeOptions": map[string]any{"binary": "/usr/bin/chromium", "excludeSwitches": []string{"enable-automation"}, "args": []string{
				"--no-sandbox", "--disable-gpu", "--kiosk", "--window-size=1920,1080", "--window-position=0,0",
				"--force-dark-mode", // a strip begins and ends white: on a light page its edges vanish
				"--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
				"--user-data-dir=" + t.TempDir(),
			}},
		}, true},
	}
}

// browser is a page in one of the engines, on a screen of its own.
type browser struct {
	*screen
	driver  *process
	session string // URL
	client  *http.Client
}

// open starts a browser that shows this URL and fills its screen.
func (e engine) open(t *testing.T, url string) *browser {
	t.Helper()
	b := &browser{
		screen: newScreen(t),
		client: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: time.Minute},
	}
	port := freePort(t)
	cmd := exec.Command(e.driver[0])
	for _, arg := range e.driver[1:] {
		if bytes.Contains([]byte(arg), []byte("%s")) {
			arg = fmt.Sprintf(arg, port)
		}
		cmd.Args = append(cmd.Args, arg)
	}
	cmd.Env = append(os.Environ(), "DISPLAY="+b.display, "HOME="+t.TempDir(), "GDK_BACKEND=x11", "WAYLAND_DISPLAY=",
		"NO_AT_BRIDGE=1", "DBUS_SESSION_BUS_ADDRESS=disabled:")
	b.driver = startProcess(t, cmd)
	base := "http://127.0.0.1:" + port
	until(t, 20*time.Second, e.driver[0]+" answers", func() bool {
		resp, err := b.client.Get(base + "/status")
		if err != nil {
			return false
		}
		return resp.Body.Close() == nil && resp.StatusCode == http.StatusOK
	})
	var made struct{ SessionID string }
	b.call(t, http.MethodPost, base+"/session", map[string]any{"capabilities": map[string]any{"alwaysMatch": e.capabilities}}, &made)
	b.session = base + "/session/" + made.SessionID
	t.Cleanup(func() { b.call(t, http.MethodDelete, b.session, nil, nil) })
	b.keepWhenFailed(t)
	if !e.fills {
		b.call(t, http.MethodPost, b.session+"/window/rect", map[string]any{"x": 0, "y": 0, "width": 1920, "height": 1080}, nil)
	}
	b.load(t, url)
	return b
}

// load goes to another page.
func (b *browser) load(t *testing.T, url string) {
	t.Helper()
	b.call(t, http.MethodPost, b.session+"/url", map[string]any{"url": url}, nil)
}

// press presses a key and lets it go.
func (b *browser) press(t *testing.T, key string) {
	t.Helper()
	b.call(t, http.MethodPost, b.session+"/actions", map[string]any{"actions": []any{map[string]any{
		"type": "key", "id": "keyboard",
		"actions": []any{map[string]any{"type": "keyDown", "value": key}, map[string]any{"type": "keyUp", "value": key}},
	}}}, nil)
}

// run runs a function body in the page and reads what it returns.
func (b *browser) run(t *testing.T, script string, into any) {
	t.Helper()
	b.call(t, http.MethodPost, b.session+"/execute/sync", map[string]any{"script": script, "args": []any{}}, into)
}

// call sends one WebDriver command.
func (b *browser) call(t *testing.T, method, url string, body, into any) {
	t.Helper()
	data, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	var payload io.Reader
	if body != nil {
		payload = bytes.NewReader(data)
	}
	req, err := http.NewRequest(method, url, payload)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := b.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var answer struct{ Value json.RawMessage }
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s %s: %s %s, %v", method, url, resp.Status, answer.Value, err)
	}
	if into != nil {
		if err := json.Unmarshal(answer.Value, into); err != nil {
			t.Fatalf("%s: %v", answer.Value, err)
		}
	}
}

// tile is what a person, or a screen reader, is told about a camera.
type tile struct {
	Name   string
	Status string // the words in the corner
	Notice string // what happened and what to do about it, "" when there is no such
	Label  string // accessible name
	Broken bool   // a picture that the browser could not show is in place
}

// tiles reads the tiles of the page by the names of their cameras.
func (b *browser) tiles(t *testing.T) map[string]tile {
	t.Helper()
	var list []tile
	b.run(t, `return [...document.querySelectorAll("li.tile")].map((li) => {
		const seen = (e) => e?.checkVisibility({ visibilityProperty: true });
		const text = (q) => seen(li.querySelector(q)) ? li.querySelector(q).innerText.replace(/\s+/g, " ").trim() : "";
		const img = li.querySelector("img.shown");
		return { Name: text(".name"), Status: text(".status"), Notice: [text(".what"), text(".advice")].join(" ").trim(),
			Label: li.querySelector("[data-tile]").getAttribute("aria-label"),
			Broken: img !== null && img.complete && img.naturalWidth === 0 };
	})`, &list)
	byName := map[string]tile{}
	for _, one := range list {
		byName[one.Name] = one
	}
	return byName
}

// banners reads what is said above the tiles.
func (b *browser) banners(t *testing.T) string {
	t.Helper()
	var text string
	b.run(t, `return [...document.querySelectorAll(".banner p")].map((e) => e.innerText.replace(/\s+/g, " ").trim()).join(" | ")`, &text)
	return text
}
