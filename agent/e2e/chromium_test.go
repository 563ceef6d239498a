package e2e

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image/png"
	"net/http"
	"os/exec"
	"regexp"
	"syscall"
	"testing"
	"time"

	"pigrid/shared/api"
	"pigrid/shared/strip"
)

// TestChromiumPlays watches the agent's page and its bare stream in a real
// browser for ten seconds: the number in the picture must go on all the time.
func TestChromiumPlays(t *testing.T) {
	t.Parallel()
	a := start(t, nil, "--source", "pattern", "--name", "Porch")
	b := openBrowser(t)
	for _, path := range []string{"/", "/video"} {
		b.call(t, http.MethodPost, "/url", map[string]any{"url": a.url + path})
		first, begin := b.frame(t), time.Now()
		last, pictures := first, 0
		for time.Since(begin) < playTime {
			shown := b.frame(t)
			if shown < last {
				t.Fatalf("%s: frame %d was shown after frame %d", path, shown, last)
			}
			if shown > last {
				pictures++
			}
			last = shown
		}
		var status api.Status
		if err := json.Unmarshal(get(t, a.url+api.StatusPath), &status); err != nil {
			t.Fatal(err)
		}
		// Half a frame rate behind would grow without end: live means that what
		// is shown keeps up with what is drawn, however busy the machine.
		drawn := uint32(status.Cameras[0].Frames)
		if pictures < 5 || last-first < (drawn-first)/2 {
			t.Errorf("%s: %d pictures, from frame %d to %d while the camera drew %d", path, pictures, first, last, drawn)
		}
	}
}

// TestPageComesBackAfterARestart: a stream that ended tells the browser nothing,
// and its last picture would look live.
func TestPageComesBackAfterARestart(t *testing.T) {
	t.Parallel()
	a := start(t, nil, "--source", "pattern", "--name", "Porch")
	b := openBrowser(t)
	b.call(t, http.MethodPost, "/url", map[string]any{"url": a.url + "/"})
	b.frame(t)
	a.stop(t, syscall.SIGTERM)
	startAt(t, a.addr, nil, "--source", "pattern", "--name", "Porch")
	last, moved := b.frame(t), 0
	for deadline := time.Now().Add(30 * time.Second); moved < 3; {
		if shown := b.frame(t); shown != last {
			last = shown
			moved++
		}
		if time.Now().After(deadline) {
			t.Fatalf("the picture still stands at frame %d", last)
		}
	}
}

// browser is a WebDriver session (https://www.w3.org/TR/webdriver2/).
type browser struct {
	session string // URL
	client  *http.Client
}

var driverPort = regexp.MustCompile(`successfully on port (\d+)`)

// openBrowser starts chromedriver and a headless Chromium; both end with the test.
func openBrowser(t *testing.T) *browser {
	t.Helper()
	return openBrowserAs(t, map[string]any{})
}

// openBrowserAs does the same with more of Chromium's own options.
func openBrowserAs(t *testing.T, options map[string]any) *browser {
	t.Helper()
	options["args"] = []string{
		"--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--window-size=1000,900",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--user-data-dir=" + t.TempDir(),
	}
	ctx, cancel := context.WithCancel(context.Background())
	driver := exec.CommandContext(ctx, "chromedriver", "--port=0")
	out, err := driver.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := driver.Start(); err != nil {
		cancel()
		t.Fatal(err)
	}
	t.Cleanup(func() { cancel(); _ = driver.Wait() })
	port := ""
	for lines := bufio.NewScanner(out); port == "" && lines.Scan(); {
		if m := driverPort.FindStringSubmatch(lines.Text()); m != nil {
			port = m[1]
		}
	}
	b := &browser{session: "http://127.0.0.1:" + port + "/session", client: &http.Client{Timeout: time.Minute, Transport: &http.Transport{DisableKeepAlives: true}}}
	var made struct {
		SessionID string `json:"sessionId"`
	}
	b.into(t, &made, http.MethodPost, "", map[string]any{"capabilities": map[string]any{"alwaysMatch": map[string]any{
		"pageLoadStrategy":   "none", // a page with a stream never ends loading
		"goog:chromeOptions": options,
	}}})
	b.session += "/" + made.SessionID
	t.Cleanup(func() { b.call(t, http.MethodDelete, "", nil) })
	return b
}

// call sends a command and returns its value.
func (b *browser) call(t *testing.T, method, path string, body any) json.RawMessage {
	t.Helper()
	value, err := b.try(t, method, path, body)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// try sends a command that the browser may refuse.
func (b *browser) try(t *testing.T, method, path string, body any) (json.RawMessage, error) {
	t.Helper()
	var data bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&data).Encode(body); err != nil {
			t.Fatal(err)
		}
	}
	r, err := http.NewRequestWithContext(context.Background(), method, b.session+path, &data)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := b.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var out struct {
		Value json.RawMessage `json:"value"`
	}
	if err := json.NewDecoder(answer.Body).Decode(&out); err != nil || answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s %s: %s %s %v", method, path, answer.Status, out.Value, err) //nolint:errorlint // may be nil
	}
	return out.Value, nil
}

func (b *browser) into(t *testing.T, v any, method, path string, body any) {
	t.Helper()
	if err := json.Unmarshal(b.call(t, method, path, body), v); err != nil {
		t.Fatal(err)
	}
}

// frame waits for a test picture on the screen and returns its number.
func (b *browser) frame(t *testing.T) uint32 {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); {
		// A page that is just being loaded again has nothing to show yet, and
		// chromedriver calls that an error.
		value, err := b.try(t, http.MethodGet, "/screenshot", nil)
		if err != nil {
			t.Log(err)
			continue
		}
		var shot string
		if err := json.Unmarshal(value, &shot); err != nil {
			t.Fatal(err)
		}
		data, err := base64.StdEncoding.DecodeString(shot)
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if found := strip.Find(img); len(found) == 1 {
			return found[0].Frame
		}
	}
	t.Fatal("no test picture was shown in 20 s")
	return 0
}
