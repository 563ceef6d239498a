package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pigrid/agent/frames"
	"pigrid/shared/api"
	"pigrid/shared/mjpeg"
)

func TestStatus(t *testing.T) {
	s := newSite(t, Config{})
	s.hub.Publish(picture(t, 1, 0), time.Now())
	var got api.Status
	answer := request(t.Context(), t, "GET", s.url+api.StatusPath)
	if err := json.NewDecoder(answer.Body).Decode(&got); err != nil {
		t.Fatal(err)
	}
	if got.API != 1 || got.ID != s.cfg.Identity.ID || got.Name != "Küche" || got.Host != "pi" || got.Version != "test" || len(got.Cameras) != 1 {
		t.Errorf("status is %+v", got)
	}
	if started, err := time.Parse(time.RFC3339Nano, got.Started); err != nil || !started.Equal(s.started) || answer.Header.Get("Content-Type") != "application/json" {
		t.Errorf("started %q, %v; the type is %q", got.Started, err, answer.Header.Get("Content-Type"))
	}
	c := got.Cameras[0]
	if c.ID != "porch" || c.State != api.Live || c.Width != 64 || c.Height != 48 || c.FrameAgeMS == nil || c.Frames != 1 ||
		c.Video != "/cameras/porch/video" || c.Snapshot != "/cameras/porch/snapshot.jpg" {
		t.Errorf("camera is %+v", c)
	}
}

func TestStatusAndPageSayWhereTheAgentIsAnnounced(t *testing.T) {
	on := []api.Announced{{Interface: "eth0", Addresses: []string{"192.168.1.20", "fe80::1"}}, {Interface: "wlan0", Addresses: []string{"10.0.0.3"}}}
	for _, c := range []struct {
		announced func() []api.Announced
		json      string
		page      string
	}{
		{
			func() []api.Announced { return on },
			`[{"interface":"eth0","addresses":["192.168.1.20","fe80::1"]},{"interface":"wlan0","addresses":["10.0.0.3"]}]`,
			"Visible on this network as Küche (eth0: 192.168.1.20, fe80::1; wlan0: 10.0.0.3)",
		},
		{func() []api.Announced { return nil }, "[]", "Not visible at the moment: this Pi has no network."},
		{nil, "[]", "--mdns=false"},
	} {
		s := newSite(t, Config{Announced: c.announced})
		var got struct{ Announced json.RawMessage }
		if err := json.NewDecoder(request(t.Context(), t, "GET", s.url+api.StatusPath).Body).Decode(&got); err != nil || string(got.Announced) != c.json {
			t.Errorf("announced is %s, %v, want %s", got.Announced, err, c.json)
		}
		page, err := io.ReadAll(request(t.Context(), t, "GET", s.url).Body)
		if words := strings.Join(strings.Fields(string(page)), " "); err != nil || !strings.Contains(words, c.page) {
			t.Errorf("the page lacks %q: %s", c.page, words)
		}
	}
}

func TestSnapshotIsBitExact(t *testing.T) {
	s := newSite(t, Config{})
	want := picture(t, 3, 5000)
	s.hub.Publish(picture(t, 1, 0), time.Now().Add(-2*time.Second))
	at := time.Now().Truncate(time.Second).Add(42 * time.Microsecond)
	s.hub.Publish(want, at)
	for _, path := range []string{"/snapshot.jpg", "/cameras/porch/snapshot.jpg", "/snapshot", "/?action=snapshot"} {
		answer := request(t.Context(), t, "GET", s.url+path)
		body, err := io.ReadAll(answer.Body)
		if err != nil || !bytes.Equal(body, want) || answer.ContentLength != int64(len(want)) {
			t.Errorf("%s: %s, %d bytes, %v", path, answer.Status, len(body), err)
		}
		for name, value := range map[string]string{
			"Content-Type": "image/jpeg", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
			"Content-Disposition": `inline; filename="porch.jpg"`, mjpeg.TimestampHeader: fmt.Sprintf("%d.000042", at.Unix()),
		} {
			if got := answer.Header.Get(name); got != value {
				t.Errorf("%s: %s is %q, want %q", path, name, got, value)
			}
		}
	}
}

// ask answers a request without a network, for tests under synctest.
func ask(t *testing.T, h http.Handler, path string) *httptest.ResponseRecorder {
	t.Helper()
	w, r := httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), "GET", path, nil)
	r.RemoteAddr, r.Host = "127.0.0.1:1234", "pi"
	h.ServeHTTP(w, r)
	return w
}

func TestSnapshotOfASleepingCamera(t *testing.T) {
	for name, tt := range map[string]struct {
		path  string
		runs  time.Duration // how long the camera gives pictures, four a second
		takes time.Duration
		want  time.Duration // when the picture was taken
	}{
		"the first will do":    {"/snapshot.jpg?settle=0", 2 * settleTime, 0, 0},
		"its exposure settles": {"/snapshot.jpg", 2 * settleTime, settleTime, settleTime},
		"it gives two only":    {"/snapshot.jpg", settleTime / 2, snapshotWait, settleTime / 4},
	} {
		synctest.Test(t, func(t *testing.T) {
			hub, cameras := frames.NewHub(frames.Camera{ID: "porch", Name: "Porch"}), &frames.Set{}
			cameras.Add(hub)
			taken := func(at time.Duration) []byte { return picture(t, byte(at*64/settleTime), 0) }
			go func() {
				if hub.WaitDemand(t.Context()) != nil {
					return
				}
				for begin := time.Now(); time.Since(begin) < tt.runs; time.Sleep(settleTime / 4) {
					hub.Publish(taken(time.Since(begin)), time.Now())
				}
			}()
			begin := time.Now()
			w := ask(t, New(Config{Cameras: cameras}).Handler(t.Context()), tt.path)
			if d := time.Since(begin); d != tt.takes || !bytes.Equal(w.Body.Bytes(), taken(tt.want)) {
				t.Errorf("%s: %d bytes after %v, want the picture of %v after %v", name, w.Body.Len(), d, tt.want, tt.takes)
			}
			time.Sleep(tt.runs) // the camera ends
		})
	}
}

// TestBrowsersSeeWhyThereIsNoPicture, and programs do not: what they are sent
// first, although they came first, is the camera's picture.
func TestBrowsersSeeWhyThereIsNoPicture(t *testing.T) {
	wait := usualPatience()
	wait.placeholder, wait.linger = 20*time.Millisecond, shortLinger
	s := newSiteWith(t, Config{}, wait)
	s.hub.SetState(api.Failed, &api.Problem{Code: api.CodeCameraBusy, Message: "The camera is used by another program."})
	watch := func(query, accept string) *mjpeg.Reader {
		answer := request(t.Context(), t, "GET", s.url+"/video?advance=0"+query, "Accept", accept)
		r, err := mjpeg.NewReader(answer.Body, answer.Header.Get("Content-Type"))
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	const img, all = "image/avif,image/webp,*/*", "*/*"
	programs := []*mjpeg.Reader{watch("", all), watch("&placeholder=0", img)}
	eventually(t, "joined", func() bool { return s.viewers() == len(programs) })
	browsers := []*mjpeg.Reader{watch("", img), watch("&placeholder=1", all)}
	for _, r := range browsers {
		for range 3 {
			f, err := r.Next()
			if err != nil || !f.Placeholder {
				t.Fatalf("a browser gets %v, %v; want the drawn picture", f.Header, err)
			}
		}
	}
	good := picture(t, 1, 0)
	s.hub.Publish(good, time.Now())
	for i, r := range append(programs, browsers...) {
		f, err := r.Next()
		for i >= len(programs) && err == nil && f.Placeholder {
			f, err = r.Next()
		}
		if err != nil || f.Placeholder || !bytes.Equal(f.JPEG, good) {
			t.Errorf("viewer %d gets %v, %v; want the camera's picture", i, f.Header, err)
		}
	}
}

// TestPlaceholdersAreMarkedInAdvanceStreams, whose part headers leave before it
// is known what follows: no frame is ever marked, and no drawn picture is not.
func TestPlaceholdersAreMarkedInAdvanceStreams(t *testing.T) {
	wait := usualPatience()
	wait.placeholder = 20 * time.Millisecond
	s := newSiteWith(t, Config{}, wait)
	why := api.Problem{Code: api.CodeCameraBusy, Message: "The camera is used by another program."}
	s.hub.SetState(api.Failed, &why)
	answer := request(t.Context(), t, "GET", s.url+"/video?advance=1&placeholder=1")
	r, err := mjpeg.NewReader(answer.Body, answer.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	good := picture(t, 1, 0)
	until := func(frame bool) {
		t.Helper()
		for n := 0; n < 3; {
			f, err := r.Next()
			if err != nil || bytes.Equal(f.JPEG, good) == f.Placeholder {
				t.Fatalf("%v, %d bytes, %v: a frame that is marked, or a drawn picture that is not", f.Header, len(f.JPEG), err)
			}
			if f.Placeholder != frame {
				n++
			}
			if frame {
				s.hub.Publish(good, time.Now())
			}
		}
	}
	until(false)
	s.hub.Publish(good, time.Now())
	until(true)
	s.hub.Clear()
	s.hub.SetState(api.Failed, &why)
	until(false)
	s.hub.Publish(good, time.Now())
	until(true)
}

func TestPlaceholderIsDrawnOncePerReason(t *testing.T) {
	hub := frames.NewHub(frames.Camera{ID: "porch", Name: "Porch", Width: 640, Height: 480})
	why := []api.Problem{{Message: "The camera is used by another program."}, {Message: "The camera is not plugged in."}}
	var p placeholders
	draw := func(state api.State, why *api.Problem) []byte {
		hub.SetState(state, why)
		part, ok := p.get(hub, "Porch")
		if ok != (part.JPEG != nil) {
			t.Errorf("%v: %v and %d bytes", state, ok, len(part.JPEG))
		}
		return part.JPEG
	}
	first, again, other := draw(api.Failed, &why[0]), draw(api.Stalled, &why[0]), draw(api.Failed, &why[1])
	if first == nil || &again[0] != &first[0] {
		t.Error("the same words are drawn again")
	}
	if bytes.Equal(first, other) {
		t.Error("other words, the same picture")
	}
	if draw(api.Failed, nil) != nil || draw(api.Starting, &why[0]) != nil {
		t.Error("drawn although nothing is wrong")
	}
}

func TestNoSnapshotSaysWhy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hub, cameras := frames.NewHub(frames.Camera{ID: "porch", Name: "Porch"}), &frames.Set{}
		cameras.Add(hub)
		h := New(Config{Cameras: cameras}).Handler(t.Context())
		for _, why := range []*api.Problem{nil, {Code: api.CodeCameraBusy, Message: "The camera is used by another program.", Hint: "Close it."}} {
			hub.SetState(api.Failed, why)
			begin := time.Now()
			w := ask(t, h, "/snapshot.jpg")
			if d := time.Since(begin); d != snapshotWait {
				t.Errorf("answered after %v", d)
			}
			var p api.Refusal
			if err := json.NewDecoder(w.Body).Decode(&p); err != nil {
				t.Fatal(err)
			}
			if w.Code != http.StatusServiceUnavailable || p.Detail == "" || p.Hint == "" || w.Header().Get("Retry-After") == "" ||
				why != nil && (p.Code != why.Code || p.Detail != why.Message || p.Hint != why.Hint) {
				t.Errorf("%d %+v", w.Code, p)
			}
		}
	})
}

// TestSnapshotOfASlowCamera: one that was off answers in words when its picture
// will be there, and then it is.
func TestSnapshotOfASlowCamera(t *testing.T) {
	for name, tt := range map[string]struct {
		framerate float64
		state     api.State
		waits     time.Duration
		says      string
		retry     string
	}{
		"quick":       {30, api.Starting, snapshotWait, "No picture came within 5s.", "5"},
		"slow":        {1. / 60, api.Starting, longestWait, "It takes a picture every 1m, and the first may take up to 12m.", "695"},
		"between":     {1.25, api.Starting, 9600 * time.Millisecond, "No picture came within 9.6s.", "5"},
		"rather slow": {0.5, api.Starting, 24 * time.Second, "No picture came within 24s.", "5"},
		"it was on":   {1. / 60, api.Live, longestWait, "No picture came within 25s.", "5"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				hub, cameras := frames.NewHub(frames.Camera{ID: "porch", Name: "Porch", Framerate: tt.framerate}), &frames.Set{}
				cameras.Add(hub)
				h := New(Config{Cameras: cameras}).Handler(t.Context())
				hub.SetState(tt.state, nil)
				begin := time.Now()
				w := ask(t, h, "/snapshot.jpg")
				if d := time.Since(begin); d != tt.waits {
					t.Errorf("answered after %v, want %v", d, tt.waits)
				}
				var p api.Refusal
				if err := json.NewDecoder(w.Body).Decode(&p); err != nil {
					t.Fatal(err)
				}
				if w.Code != http.StatusServiceUnavailable || !strings.Contains(p.Detail, tt.says) || p.Hint == "" || w.Header().Get("Retry-After") != tt.retry {
					t.Errorf("%d %+v, to be asked again after %s", w.Code, p, w.Header().Get("Retry-After"))
				}
				hub.Publish(picture(t, 1, 0), time.Now())
				time.Sleep(2 * time.Duration(float64(time.Second)/tt.framerate))
				if w := ask(t, h, "/snapshot.jpg"); w.Code != http.StatusOK {
					t.Errorf("later: %d %s", w.Code, w.Body)
				}
			})
		})
	}
}

func TestAliveAndReady(t *testing.T) {
	s := newSite(t, Config{})
	other := frames.NewHub(frames.Camera{ID: "attic", Name: "Attic"})
	s.cfg.Cameras.Add(other)
	broken := api.Problem{Code: api.CodeCameraBusy, Message: "The camera is used by another program."}
	for _, tt := range []struct {
		porch, attic api.State
		ready        int
	}{
		{api.Idle, api.Idle, http.StatusOK},
		{api.Failed, api.Idle, http.StatusOK},
		{api.Live, api.Failed, http.StatusOK},
		{api.Failed, api.Failed, http.StatusServiceUnavailable},
	} {
		s.hub.SetState(tt.porch, &broken)
		other.SetState(tt.attic, &broken)
		answer := request(t.Context(), t, "GET", s.url+"/readyz")
		body, _ := io.ReadAll(answer.Body)
		if ok := string(body) == "ok\n"; answer.StatusCode != tt.ready || ok != (tt.ready == http.StatusOK) || !ok && !strings.Contains(string(body), broken.Message) {
			t.Errorf("%+v: ready is %s %s", tt, answer.Status, body)
		}
		if alive := request(t.Context(), t, "GET", s.url+"/healthz"); alive.StatusCode != http.StatusOK {
			t.Errorf("%+v: not alive: %s", tt, alive.Status)
		}
	}
}

// TestNotReadyWithoutACamera says why.
func TestNotReadyWithoutACamera(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := ask(t, New(Config{Cameras: &frames.Set{}}).Handler(t.Context()), "/readyz")
		if w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "has no camera yet") {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	})
}

func TestPageShowsEveryCamera(t *testing.T) {
	s := newSite(t, Config{})
	s.hub.SetState(api.Failed, &api.Problem{Message: `<script>alert("x")</script>`})
	s.hub.SetWarning(&api.Problem{Message: "Without imx500_posenet.", Hint: "Install it."})
	for n := 2; n <= streamsOnPage+1; n++ {
		s.cfg.Cameras.Add(frames.NewHub(frames.Camera{ID: fmt.Sprintf("cam-%d", n)}))
	}
	answer := request(t.Context(), t, "GET", s.url+"/")
	body, _ := io.ReadAll(answer.Body)
	page := string(body)
	for _, want := range []string{
		`src="/cameras/porch/video"`, "<h1>Küche</h1>", "Porch", "Open to everyone on your network", `href="/cameras/porch/snapshot.jpg"`,
		"<strong>Without imx500_posenet.</strong> Install it.", `src="/cameras/cam-4/video"`, `src="/cameras/cam-5/snapshot.jpg"`, "&lt;script&gt;alert",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is missing", want)
		}
	}
	if strings.Contains(page, "<script>alert") || answer.Header.Get("Content-Security-Policy") != pagePolicy {
		t.Error("words of a program could become a script")
	}
	for name, mime := range map[string]string{"page.css": "text/css", "page.js": "text/javascript", "icon.svg": "image/svg+xml"} {
		a := request(t.Context(), t, "GET", s.url+"/assets/"+name)
		if got := a.Header.Get("Content-Type"); a.StatusCode != http.StatusOK || !strings.HasPrefix(got, mime) {
			t.Errorf("%s: %s, %s", name, a.Status, got)
		}
	}
}

// TestRequestsRightAfterTheStart wait for the first camera, but not for long.
func TestRequestsRightAfterTheStart(t *testing.T) {
	for _, comes := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			cameras := &frames.Set{}
			h := New(Config{Cameras: cameras}).Handler(t.Context())
			answer := make(chan *httptest.ResponseRecorder, 1)
			go func() { answer <- ask(t, h, api.StatusPath) }()
			time.Sleep(startWait - 1)
			synctest.Wait()
			if len(answer) > 0 {
				t.Fatalf("answered before the cameras were known: %s", (<-answer).Body)
			}
			if comes {
				cameras.Add(frames.NewHub(frames.Camera{ID: "late", Name: "Late"}))
			} else {
				time.Sleep(time.Nanosecond)
			}
			synctest.Wait()
			if len(answer) == 0 {
				t.Fatal("not answered yet")
			}
			want := `"cameras":[]`
			if comes {
				want = `"id":"late"`
			}
			if w := <-answer; w.Code != http.StatusOK || !strings.Contains(w.Body.String(), want) {
				t.Errorf("the answer is %d %s, want %s", w.Code, w.Body, want)
			}
		})
	}
}
