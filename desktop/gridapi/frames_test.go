package gridapi

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"pigrid/desktop/cameras"
)

// readAnswer reads the answer to a pull as the page does.
func readAnswer(t *testing.T, body []byte) Answer {
	t.Helper()
	var a Answer
	if err := json.Unmarshal(body, &a); err != nil || a.News == nil || a.Number == 0 {
		t.Fatalf("%q: %v", body, err)
	}
	return a
}

// answer reads a whole answer of the app, as long as it says and for no cache.
func answer(t *testing.T, resp *http.Response, err error, kind string) []byte {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK || resp.ContentLength != int64(len(body)) {
		t.Fatalf("%s, %d bytes of %d, %v", resp.Status, len(body), resp.ContentLength, err)
	}
	if h := resp.Header; h.Get("Content-Type") != kind || h.Get("Cache-Control") != "no-store" {
		t.Fatalf("got %v", h)
	}
	return body
}

// pull asks which frames are newer than these, as a page does that knows the state.
func pull(t *testing.T, server string, wants ...Want) []News {
	t.Helper()
	known := post(t, server+"/frames", Question{}).Number
	return post(t, server+"/frames", Question{State: known, Want: wants}).News
}

// post asks in JSON.
func post(t *testing.T, url string, question any) Answer {
	t.Helper()
	body, err := json.Marshal(question)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.Post(url, "application/json", bytes.NewReader(body))
	return readAnswer(t, answer(t, resp, err, "application/json"))
}

func serve(t *testing.T, d *desk) string {
	t.Helper()
	s := httptest.NewServer(d.Handler())
	t.Cleanup(func() { s.Close(); http.DefaultClient.CloseIdleConnections() })
	return s.URL
}

func TestEveryFrameIsToldOnceAndGiven(t *testing.T) {
	a := newAgent(t, idA, "Garage", "x", "y")
	d := startDesk(t, "", nil)
	server := serve(t, d)
	if r := d.Add(a.addr); !r.OK() {
		t.Fatalf("got %+v", r)
	}
	last := map[string]uint64{cameras.Key(idA, "x"): 0, cameras.Key(idA, "y"): 0}
	count := map[string]int{}
	for count[cameras.Key(idA, "x")] < 10 || count[cameras.Key(idA, "y")] < 10 {
		var wants []Want
		for key, seq := range last {
			wants = append(wants, Want{Key: key, Seq: seq, FPS: 10})
		}
		for _, p := range pull(t, server, wants...) {
			if p.Seq <= last[p.Key] || p.AgeMS < 0 || p.AgeMS > 1000 {
				t.Fatalf("after %d: %+v", last[p.Key], p)
			}
			resp, err := http.Get(server + "/frame?key=" + url.QueryEscape(p.Key))
			if jpeg := answer(t, resp, err, "image/jpeg"); !bytes.Equal(jpeg, a.jpeg) {
				t.Fatalf("%d bytes", len(jpeg))
			}
			last[p.Key] = p.Seq
			count[p.Key]++
		}
	}
	if c := d.camera(cameras.Key(idA, "x")); c.State != cameras.Live || c.FPS < 10 || c.FPS > 25 {
		t.Errorf("got %+v", c)
	}
}

func TestCameraWithoutPictureHasNone(t *testing.T) {
	t.Parallel()
	a := newAgent(t, idA, "Garage", "x")
	a.frames = false
	d := startDesk(t, "", nil)
	server := serve(t, d)
	d.Add(a.addr)
	resp, err := http.Get(server + "/frame?key=" + url.QueryEscape(cameras.Key(idA, "x")))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if body, _ := io.ReadAll(resp.Body); resp.StatusCode != http.StatusNotFound || string(body) != "this camera has no picture yet\n" {
		t.Errorf("%s %q", resp.Status, body)
	}
}

func TestPullOfNothingIsEmptyAfterHalfASecond(t *testing.T) {
	d := startDesk(t, "", nil)
	server := serve(t, d)
	begin := time.Now()
	if list := pull(t, server, Want{Key: cameras.Key(idA, "x"), FPS: 10}); len(list) != 0 {
		t.Errorf("got %v", list)
	}
	if took, half := time.Since(begin), 500*time.Millisecond; took < half || took > half+time.Second {
		t.Errorf("took %v", took)
	}
}

func TestPullAfterForgetAndAddStartsOver(t *testing.T) {
	t.Parallel()
	a := newAgent(t, idA, "Garage", "x")
	d := startDesk(t, "", nil)
	server := serve(t, d)
	key := cameras.Key(idA, "x")
	d.Add(a.addr)
	eventually(t, 5*time.Second, "some frames", func() bool { return len(pull(t, server, Want{Key: key, Seq: 3, FPS: 10})) > 0 })
	d.Forget(key)
	d.Add(a.addr)
	eventually(t, 5*time.Second, "the first frame again", func() bool {
		for _, p := range pull(t, server, Want{Key: key, Seq: 1 << 40, FPS: 10}) {
			return p.Seq < 100
		}
		return false
	})
}

func TestPullEndsWithTheApp(t *testing.T) {
	t.Parallel()
	d := startDesk(t, "", nil)
	server := serve(t, d)
	d.stop(t)
	begin := time.Now()
	pull(t, server, Want{Key: cameras.Key(idA, "x"), FPS: 10})
	if took := time.Since(begin); took >= pullWait {
		t.Errorf("took %v", took)
	}
}

func TestHandlerAnswersNothingElse(t *testing.T) {
	t.Parallel()
	d := startDesk(t, "", nil)
	h := d.Handler()
	for _, tt := range []struct {
		method, url, body string
		want              int
	}{
		{"GET", "/", "", 404},
		{"GET", "/favicon.ico", "", 404},
		{"GET", "/frames/", "", 404},
		{"GET", "/frames", "", 405},
		{"POST", "/frames", "want=x", 400},
		{"POST", "/frames", `{"state":0,"want":[{"key":"agent:1/x"`, 400},
		{"POST", "/frames", `{"want":[{"key":"agent:1/../x"}]}`, 400},
		{"POST", "/frames", `{"want":[` + strings.Repeat(`{"key":"agent:1/x"},`, maxWants) + `{"key":"agent:1/x"}]}`, 400},
		{"POST", "/call/none", "{}", 404},
		{"GET", "/call/retry", "", 405},
		{"POST", "/call/retry", `{"key":`, 400},
		{"POST", "/call/add", `{"address":"` + strings.Repeat("x", maxCall), 400},
		{"POST", "/frames", strings.Repeat("x", 1<<20) + "=y", 400},
		{"GET", "/frame", "", 404},
		{"GET", "/frame?key=agent:1/x", "", 404},
		{"POST", "/frame", "", 405},
	} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(tt.method, tt.url, strings.NewReader(tt.body)))
		if w.Code != tt.want {
			t.Errorf("%s %s %.20q: %d, want %d", tt.method, tt.url, tt.body, w.Code, tt.want)
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
		for _, p := range pull(t, server, Want{Key: x, Seq: seq, FPS: 10}) {
			seq = p.Seq
		}
		return d.camera(y).State == cameras.Paused && d.camera(x).State == cameras.Live
	})
}
