//go:build linux

package main

import (
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"pigrid/shared/api"
	"pigrid/shared/mjpeg"
)

// street starts two good agents and sixteen hostile ones beside them, which do
// nothing by themselves.
func street(t *testing.T) *neighbour {
	t.Helper()
	var good []string
	all := func(first, n int) []*agent {
		list, err := startAgents(first, n, 30, "127.77.9.", newStrips(usualWidth, usualHeight), nil)
		t.Cleanup(func() {
			for _, a := range list {
				a.stop()
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	for _, a := range all(1, 2) {
		good = append(good, a.where())
	}
	n := newNeighbour(good, "127.77.10.1")
	n.corrupt(all(101, 16))
	return n
}

func (n *neighbour) counted(what string) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.counts[what]
}

// ask returns the first bytes of an answer, for which it waits at most 3 s.
func ask(t *testing.T, url string, head ...string) (code int, body string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(head) == 2 {
		req.Header.Set(head[0], head[1])
	}
	c := client()
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := c.Do(req)
	if err != nil {
		return 0, err.Error()
	}
	defer resp.Body.Close()
	data, _ := io.ReadAll(io.LimitReader(resp.Body, 2<<20))
	return resp.StatusCode, string(data)
}

// Everything on one street: to draw what a camera sees takes long under -race.
func TestNeighbour(t *testing.T) {
	n := street(t)
	t.Run("lies", func(t *testing.T) { checkLies(t, n.liars[0]) })
	t.Run("turns", func(t *testing.T) { checkTurns(t, n) })
	t.Run("copies", func(t *testing.T) { checkCopies(t, n) })
	t.Run("door", func(t *testing.T) { checkDoor(t, n) })
	t.Run("announcements", func(t *testing.T) { checkAnnouncements(t, n) })
}

func checkLies(t *testing.T, l *liar) {
	t.Helper()
	for status, want := range map[string]func(code int, body string, s api.Status) bool{
		"64 other cameras at each question": func(_ int, _ string, s api.Status) bool { return len(s.Cameras) == 64 && s.ID == l.id() },
		"64 cameras":                        func(_ int, _ string, s api.Status) bool { return len(s.Cameras) == 64 && s.Cameras[0].ID == "c0" },
		"cameras of any shape":              func(_ int, _ string, s api.Status) bool { return len(s.Cameras) == 64 },
		"cameras that fail by turns":        func(_ int, _ string, s api.Status) bool { return len(s.Cameras) == 8 },
		"no cameras, or one":                func(_ int, _ string, s api.Status) bool { return len(s.Cameras) < 2 },
		"long texts":                        func(_ int, b string, _ api.Status) bool { return len(b) > 1<<20 },
		"a list in lists":                   func(_ int, b string, _ api.Status) bool { return strings.HasSuffix(b, strings.Repeat("[", 1_000_000)) },
		"an answer without end":             func(_ int, b string, _ api.Status) bool { return len(b) == 2<<20 },
		"an answer by drops":                func(_ int, b string, _ api.Status) bool { return len(b) > 0 && len(b) < 12 },
		"a head without end":                func(_ int, b string, _ api.Status) bool { return strings.Contains(b, "exceeded") },
		"a stream":                          func(_ int, b string, _ api.Status) bool { return strings.Contains(b, mjpeg.Boundary) },
		"go elsewhere":                      func(code int, _ string, _ api.Status) bool { return code == http.StatusFound },
	} {
		l.choose(status, "")
		code, body := ask(t, "http://"+l.where()+api.StatusPath)
		var s api.Status
		_ = json.Unmarshal([]byte(body), &s)
		if !want(code, body, s) {
			t.Errorf("%s: %d, %d bytes: %.200s", status, code, len(body), body)
		}
	}
	if said := slices.Collect(maps.Keys(l.statuses())); len(said) != 12 {
		t.Errorf("lies that are not tested: %v", said)
	}
	for _, stream := range slices.Sorted(maps.Keys(l.streams())) {
		l.choose("", stream)
		if code, body := ask(t, "http://"+l.where()+"/video"); strings.Contains(body, "image/jpeg") {
			t.Errorf("%s: a picture: %d", stream, code)
		}
	}
	l.choose("", "")
	if got := seen(l.where(), ""); got != "200 5 frames, 0 broken; 200 api 1 live" {
		t.Errorf("the truth: %s", got)
	}
	if n := l.n.counted("questions for one liar's status in a minute"); n != 13 {
		t.Errorf("%d questions were counted", n)
	}
}

// Every turn can be taken.
func checkTurns(t *testing.T, n *neighbour) {
	t.Helper()
	for range 50 {
		one(n.liars).turn()
	}
	if times := n.counted("a fault that could not be set"); times > 0 {
		t.Errorf("%d turns could not be taken", times)
	}
}

// Copies say what good agents say.
func checkCopies(t *testing.T, n *neighbour) {
	t.Helper()
	c := n.copiers[0]
	for range 20 {
		c.turn(t.Context())
		var s api.Status
		if _, body := ask(t, "http://"+c.where()+api.StatusPath); json.Unmarshal([]byte(body), &s) != nil || s.ID != c.id || s.ID == c.agent.id() {
			t.Fatalf("%q: %+v", c.id, s)
		}
	}
	for _, attack := range []string{"attack: a copy of a good agent", "attack: a twin of a good agent"} {
		if n.counted(attack) == 0 {
			t.Errorf("never: %s", attack)
		}
	}
}

// The door notes what it is told.
func checkDoor(t *testing.T, n *neighbour) {
	t.Helper()
	at := "http://" + n.doors[0].where() + "/video"
	ask(t, at)
	if told := n.counted("passwords told to a stranger"); told > 0 {
		t.Errorf("%d told by nobody", told)
	}
	ask(t, at, "Authorization", "Basic cm9vdDpwYXNz")
	ask(t, at, "Authorization", `Digest username="root", realm="router", response="x"`)
	if _, body := ask(t, at, "Authorization", `Digest username="root", realm="door", response="x"`); !strings.Contains(body, "image/jpeg") {
		t.Error("does not let in who tells it as it asked at first")
	}
	if told := n.counted("passwords told to a stranger"); told != 2 {
		t.Errorf("%d passwords told", told)
	}
}

// Most announcements can be read.
func checkAnnouncements(t *testing.T, n *neighbour) {
	t.Helper()
	whole := 0
	for range 20 {
		for _, p := range n.packets() {
			if m := new(dns.Msg); m.Unpack(p) == nil && len(m.Answer) == 4 {
				whole++
			}
		}
	}
	if whole < 20*(len(n.liars)+3+invented/2) {
		t.Errorf("%d can be read", whole)
	}
}

func TestLinkIsNoFasterThanItIs(t *testing.T) {
	l := &link{rate: 1 << 20}
	begin := time.Now()
	for range 8 {
		l.wait(32 << 10)
	}
	if took := time.Since(begin); took < 250*time.Millisecond {
		t.Errorf("a quarter of what it sends in a second took %v", took)
	}
}
