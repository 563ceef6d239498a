package app

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/desktop/feed"
)

// part is one picture as the page reads it.
type part struct {
	head
	jpeg []byte
}

// readParts reads the body of an answer to a pull as the page does.
func readParts(t *testing.T, body []byte) []part {
	t.Helper()
	take := func() []byte {
		if len(body) < 4 {
			t.Fatalf("%d bytes left where a length belongs", len(body))
		}
		n := binary.BigEndian.Uint32(body)
		if body = body[4:]; uint32(len(body)) < n {
			t.Fatalf("%d bytes left of %d", len(body), n)
		}
		b := body[:n]
		body = body[n:]
		return b
	}
	var parts []part
	for len(body) > 0 {
		var p part
		if err := json.Unmarshal(take(), &p.head); err != nil {
			t.Fatal(err)
		}
		p.jpeg = take()
		parts = append(parts, p)
	}
	return parts
}

// pull asks for frames newer than these.
func pull(t *testing.T, server string, wants ...want) []part {
	t.Helper()
	query := ""
	for i, w := range wants {
		if i > 0 {
			query += ","
		}
		query += fmt.Sprintf("%s:%d", url.QueryEscape(w.key), w.last)
	}
	resp, err := http.Get(server + "/frames?want=" + query)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK || resp.ContentLength != int64(len(body)) {
		t.Fatalf("%s, %d bytes of %d, %v", resp.Status, len(body), resp.ContentLength, err)
	}
	return readParts(t, body)
}

func serve(t *testing.T, d *desk) string {
	t.Helper()
	s := httptest.NewServer(d.engine.Handler())
	t.Cleanup(func() { s.Close(); http.DefaultClient.CloseIdleConnections() })
	return s.URL
}

func TestPullGivesEveryFrameOnce(t *testing.T) {
	a := newAgent(t, idA, "Garage", "x", "y")
	d := startDesk(t, "", nil)
	server := serve(t, d)
	if r := d.Add(a.addr); !r.OK {
		t.Fatalf("got %+v", r)
	}
	last := map[string]uint64{cameras.Key(idA, "x"): 0, cameras.Key(idA, "y"): 0}
	count := map[string]int{}
	for count[cameras.Key(idA, "x")] < 10 || count[cameras.Key(idA, "y")] < 10 {
		var wants []want
		for key, seq := range last {
			wants = append(wants, want{key, seq, false})
		}
		for _, p := range pull(t, server, wants...) {
			if p.Seq <= last[p.Key] || p.AgeMS < 0 || p.AgeMS > 1000 || !bytes.Equal(p.jpeg, a.jpeg) {
				t.Fatalf("after %d: %+v, %d bytes", last[p.Key], p.head, len(p.jpeg))
			}
			last[p.Key] = p.Seq
			count[p.Key]++
		}
	}
	if c := d.camera(cameras.Key(idA, "x")); c.State != cameras.Live || c.FPS < 10 || c.FPS > 25 {
		t.Errorf("got %+v", c)
	}
}

func TestPullOfNothingIsEmptyAfterHalfASecond(t *testing.T) {
	d := startDesk(t, "", nil)
	server := serve(t, d)
	begin := time.Now()
	if parts := pull(t, server, want{cameras.Key(idA, "x"), 0, false}); len(parts) != 0 {
		t.Errorf("got %d parts", len(parts))
	}
	if took, half := time.Since(begin), 500*time.Millisecond; took < half || took > half+time.Second {
		t.Errorf("took %v", took)
	}
}

func TestPullAfterForgetAndAddStartsOver(t *testing.T) {
	a := newAgent(t, idA, "Garage", "x")
	d := startDesk(t, "", nil)
	server := serve(t, d)
	key := cameras.Key(idA, "x")
	d.Add(a.addr)
	eventually(t, 5*time.Second, "some frames", func() bool { return len(pull(t, server, want{key, 3, false})) > 0 })
	d.Forget(key)
	d.Add(a.addr)
	eventually(t, 5*time.Second, "the first frame again", func() bool {
		for _, p := range pull(t, server, want{key, 1 << 40, false}) {
			return p.Seq < 100
		}
		return false
	})
}

func TestPullIsBounded(t *testing.T) {
	many := func() []picture {
		var list []picture
		for i := range 10 {
			list = append(list, picture{fmt.Sprint(i), feed.Frame{Seq: 1, JPEG: make([]byte, 10)}})
		}
		return list
	}
	for limit, want := range map[int]int{1: 1, 10: 1, 39: 3, 40: 4, 100: 10} {
		if got := fitting(many(), limit); len(got) != want {
			t.Errorf("%d bytes: %d pictures, want %d", limit, len(got), want)
		}
	}
	seen := map[string]bool{}
	for range 1000 {
		for _, p := range fitting(many(), 30) {
			seen[p.key] = true
		}
	}
	if len(seen) != 10 {
		t.Errorf("only %d of 10 ever come", len(seen))
	}
	if fitting(nil, 1) != nil {
		t.Error("nothing is something")
	}
}

func TestPullEndsWithTheApp(t *testing.T) {
	d := startDesk(t, "", nil)
	server := serve(t, d)
	d.stop(t)
	begin := time.Now()
	pull(t, server, want{cameras.Key(idA, "x"), 0, false})
	if took := time.Since(begin); took >= pullWait {
		t.Errorf("took %v", took)
	}
}

func TestHandlerAnswersNothingElse(t *testing.T) {
	d := startDesk(t, "", nil)
	h := d.engine.Handler()
	for _, tt := range []struct {
		method, url string
		want        int
	}{
		{"GET", "/", 404}, {"GET", "/favicon.ico", 404}, {"GET", "/frames/", 404}, {"POST", "/frames", 405}, {"GET", "/frames?want=x", 400},
	} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(tt.method, tt.url, nil))
		if w.Code != tt.want {
			t.Errorf("%s %s: %d, want %d", tt.method, tt.url, w.Code, tt.want)
		}
	}
}

func TestWhatIsNotPulledIsClosed(t *testing.T) {
	a := newAgent(t, idA, "Garage", "x", "y")
	d := startDesk(t, "", nil)
	server := serve(t, d)
	d.Add(a.addr)
	x, y := cameras.Key(idA, "x"), cameras.Key(idA, "y")
	seq := uint64(0)
	eventually(t, 12*time.Second, "only one is watched", func() bool {
		for _, p := range pull(t, server, want{x, seq, false}) {
			seq = p.Seq
		}
		return d.camera(y).State == cameras.Paused && d.camera(x).State == cameras.Live
	})
}
