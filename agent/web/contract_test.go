package web

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"pigrid/agent/frames"
	"pigrid/shared/api"
	"pigrid/shared/golden"
)

var update = flag.Bool("update", false, "write the answers to testdata as they are now")

// TestContract compares the answer of every route, its status, headers and the
// shape of its body, with testdata/contract.txt. Programs of other people rely on
// them. `go test ./agent/web -run TestContract -update` writes the file; read what
// changed in it.
func TestContract(t *testing.T) {
	answers := make([]golden.Section, len(contract))
	t.Run("ask", func(t *testing.T) {
		for i, c := range contract {
			t.Run(c.name, func(t *testing.T) {
				t.Parallel()
				answers[i] = golden.Section{Name: c.name, Text: c.ask(t)}
			})
		}
	})
	golden.Compare(t, "testdata/contract.txt", *update, answers)
}

// asking is one request and the agent that gets it.
type asking struct {
	name    string
	request string                  // first line, then headers
	agent   func(*testing.T, *site) // brings the agent into a state; nil for idle
	config  Config
	ends    string // what the part of the answer ends with that is looked at; "" for all
	other   func(t *testing.T) string
}

var contract = slices.Concat([]asking{
	{name: "page", request: "GET / HTTP/1.1\nHost: pi"},
	{name: "page, for who may show it", request: "GET / HTTP/1.1\nHost: pi\nOrigin: http://ha.local", config: Config{AllowOrigins: []string{"http://ha.local"}}},
	{name: "style", request: "GET /assets/page.css HTTP/1.1\nHost: pi"},
	{name: "script", request: "GET /assets/page.js HTTP/1.1\nHost: pi"},
	{name: "unknown asset", request: "GET /assets/page.html HTTP/1.1\nHost: pi"},
	{name: "healthz", request: "GET /healthz HTTP/1.1\nHost: pi"},
	{name: "readyz", request: "GET /readyz HTTP/1.1\nHost: pi"},
	{name: "readyz, failed", request: "GET /readyz HTTP/1.1\nHost: pi", agent: failed},
	{name: "readyz, no camera", request: "GET /readyz HTTP/1.1\nHost: pi", agent: without},
	{name: "metrics", request: "GET /metrics HTTP/1.1\nHost: pi", agent: live},
	{name: "cameras", request: "GET /cameras HTTP/1.1\nHost: pi"},
	{name: "status, idle", request: "GET /api/v1/status HTTP/1.1\nHost: pi"},
	{name: "status, starting", request: "GET /api/v1/status HTTP/1.1\nHost: pi", agent: starting},
	{name: "status, live", request: "GET /api/v1/status HTTP/1.1\nHost: pi", agent: live},
	{name: "status, live and not as asked", request: "GET /api/v1/status HTTP/1.1\nHost: pi", agent: warned},
	{name: "status, stalled", request: "GET /api/v1/status HTTP/1.1\nHost: pi", agent: stalled},
	{name: "status, failed", request: "GET /api/v1/status HTTP/1.1\nHost: pi", agent: failed},
	{name: "status, announced", request: "GET /api/v1/status HTTP/1.1\nHost: pi", config: Config{Announced: func() []api.Announced {
		return []api.Announced{{Interface: "eth0", Addresses: []string{"192.168.1.20", "fe80::1"}}}
	}}},
	{name: "status, no camera", request: "GET /api/v1/status HTTP/1.1\nHost: pi", agent: without},
	{name: "status, for a script", request: "GET /api/v1/status HTTP/1.1\nHost: pi\nOrigin: http://ha.local", config: Config{AllowOrigins: []string{"http://ha.local"}}},
	{name: "status, for a script of a stranger", request: "GET /api/v1/status HTTP/1.1\nHost: pi\nOrigin: http://evil.example", config: Config{AllowOrigins: []string{"http://ha.local"}}},
	{name: "video", request: "GET /video HTTP/1.1\nHost: pi", agent: live, ends: twoBoundaries},
	{name: "video, HTTP/1.0", request: "GET /video HTTP/1.0", agent: live, ends: twoBoundaries},
	{name: "video of a camera", request: "GET /cameras/porch/video HTTP/1.1\nHost: pi", agent: live, ends: twoBoundaries},
	{name: "video for an image element", request: "GET /video HTTP/1.1\nHost: pi\nAccept: image/avif,image/*", agent: live, ends: headerAhead},
	{name: "video, header ahead", request: "GET /video?advance=1 HTTP/1.1\nHost: pi", agent: live, ends: headerAhead},
	{name: "video, placeholder", request: "GET /video?placeholder=1 HTTP/1.1\nHost: pi", agent: failed, ends: twoBoundaries},
	{name: "video, for a script", request: "GET /video HTTP/1.1\nHost: pi\nOrigin: http://ha.local", agent: live, ends: twoBoundaries, config: Config{AllowOrigins: []string{"*"}}},
	{name: "video, no such rate", request: "GET /video?fps=0 HTTP/1.1\nHost: pi", agent: live},
	{name: "video, smaller", request: "GET /video?width=30 HTTP/1.1\nHost: pi", agent: live, ends: twoBoundaries},
	{name: "video, smaller, header ahead", request: "GET /video?width=30&advance=1 HTTP/1.1\nHost: pi", agent: live, ends: headerAhead},
	{name: "video, no smaller size is as wide", request: "GET /video?width=33 HTTP/1.1\nHost: pi", agent: live, ends: twoBoundaries},
	{name: "video, no such width", request: "GET /video?width=0 HTTP/1.1\nHost: pi", agent: live},
	{name: "video, no camera", request: "GET /video HTTP/1.1\nHost: pi", agent: without},
	{name: "video, unknown camera", request: "GET /cameras/none/video HTTP/1.1\nHost: pi"},
	{name: "video, empty camera", request: "GET /cameras//video HTTP/1.1\nHost: pi"},
	{name: "video, all slots taken", request: "GET /video HTTP/1.1\nHost: pi", agent: full, config: Config{MaxViewers: 1}},
	{name: "video, all slots taken, in a browser", request: "GET /video HTTP/1.1\nHost: pi\nAccept: text/html", agent: full, config: Config{MaxViewers: 1}},
	{name: "stream", request: "GET /stream HTTP/1.1\nHost: pi", agent: live, ends: twoBoundaries},
	{name: "action=stream", request: "GET /?action=stream HTTP/1.1\nHost: pi", agent: live, ends: twoBoundaries},
	{name: "action=stream_1", request: "GET /?action=stream_1 HTTP/1.1\nHost: pi", agent: live},
	{name: "action=snapshot", request: "GET /?action=snapshot HTTP/1.1\nHost: pi", agent: live},
	{name: "snapshot", request: "GET /snapshot HTTP/1.1\nHost: pi", agent: live},
	{name: "snapshot.jpg", request: "GET /snapshot.jpg HTTP/1.1\nHost: pi", agent: live},
	{name: "snapshot of a camera", request: "GET /cameras/porch/snapshot.jpg HTTP/1.1\nHost: pi", agent: live},
	{name: "snapshot, smaller", request: "GET /snapshot.jpg?width=16 HTTP/1.1\nHost: pi", agent: live},
	{name: "snapshot, no such width", request: "GET /snapshot.jpg?width=-1 HTTP/1.1\nHost: pi", agent: live},
	{name: "snapshot, unknown camera", request: "GET /cameras/none/snapshot.jpg HTTP/1.1\nHost: pi"},
	{name: "snapshot, too many", request: "GET /snapshot.jpg HTTP/1.1\nHost: pi", agent: fullOfSnapshots},
	{name: "nothing here", request: "GET /none HTTP/1.1\nHost: pi"},
	{name: "nothing here, in a browser", request: "GET /none HTTP/1.1\nHost: pi\nAccept: text/html"},
	{name: "another method", request: "POST /api/v1/status HTTP/1.1\nHost: pi"},
	{name: "options", request: "OPTIONS * HTTP/1.1\nHost: pi"},
	{name: "another name", request: "GET / HTTP/1.1\nHost: evil.example"},
	{name: "no host", request: "GET /healthz HTTP/1.1"},
	{name: "header too long", request: "GET /healthz HTTP/1.1\nHost: pi\nX: " + strings.Repeat("x", 9<<10)},
	{name: "hello", request: "GET /api/v1/hello HTTP/1.1\nHost: pi"},
	{name: "login of an open agent", request: "GET /login HTTP/1.1\nHost: pi"},
	{name: "locked, hello", other: locked("GET /api/v1/hello HTTP/1.1\nHost: pi")},
	{name: "locked, video", other: locked("GET /video HTTP/1.1\nHost: pi")},
	{name: "locked, page", other: locked("GET / HTTP/1.1\nHost: pi\nAccept: text/html")},
	{name: "locked, picture in a page", other: locked("GET /video HTTP/1.1\nHost: pi\nAccept: image/*")},
	{name: "locked, wrong password", other: locked("GET /video?key=x HTTP/1.1\nHost: pi")},
	{name: "locked, bearer in clear", other: locked("GET /video HTTP/1.1\nHost: pi\nAuthorization: Bearer x")},
	{name: "locked, form of another page", other: locked("POST /login HTTP/1.1\nHost: pi\nOrigin: http://evil.example")},
	{name: "locked, claim in clear", other: locked("POST /api/v1/access HTTP/1.1\nHost: pi")},
	{name: "locked, another method", other: locked("PATCH /api/v1/access HTTP/1.1\nHost: pi")},
	{name: "snapshot, no picture", other: unanswered("/snapshot.jpg", func(*frames.Hub) {})},
	{name: "snapshot, failed", other: unanswered("/snapshot.jpg", func(h *frames.Hub) { h.SetState(api.Failed, &whyFailed) })},
	{name: "another network", other: fromElsewhere},
}, heads())

// heads asks every route without its body.
func heads() []asking {
	var all []asking
	for _, path := range []string{
		"/", "/assets/page.css", "/healthz", "/readyz", "/metrics", "/cameras", "/api/v1/status", "/video", "/stream", "/cameras/porch/video",
		"/?action=stream", "/snapshot.jpg", "/snapshot", "/cameras/porch/snapshot.jpg", "/?action=snapshot", "/none", "/cameras/none/video",
	} {
		all = append(all, asking{name: "HEAD " + path, request: "HEAD " + path + " HTTP/1.1\nHost: pi"})
	}
	return all
}

var whyFailed = api.Problem{Code: "not_detected", Message: "No camera was found.", Hint: "Check the cable."}

func starting(_ *testing.T, s *site) { s.hub.SetState(api.Starting, nil) }
func failed(_ *testing.T, s *site)   { s.hub.SetState(api.Failed, &whyFailed) }
func without(_ *testing.T, s *site)  { s.cfg.Cameras.Remove("porch") }

func live(t *testing.T, s *site) {
	s.hub.Publish(picture(t, 1, 0), time.Now().Add(-2*settleTime))
	s.hub.Publish(picture(t, 1, 0), time.Now())
}

func stalled(t *testing.T, s *site) {
	live(t, s)
	s.hub.SetState(api.Stalled, &api.Problem{Code: "no_frames", Message: "Frames stopped."})
}

func warned(t *testing.T, s *site) {
	live(t, s)
	s.hub.SetWarning(&api.Problem{Code: "mode", Message: "The sensor has no such mode.", Hint: "Choose another."})
	s.hub.SetMode(&api.Mode{Width: 1640, Height: 1232, Crop: api.Rect{X: 8, Y: 6, Width: 3264, Height: 2448}, Sensor: api.Size{Width: 3280, Height: 2464}, FullView: true})
}

func full(t *testing.T, s *site) {
	request(t.Context(), t, "GET", s.url+"/video")
	eventually(t, "one watches", func() bool { return s.viewers() == 1 })
}

func fullOfSnapshots(_ *testing.T, s *site) {
	for range maxSnapshots {
		s.snapshots.Take(clientOf(&http.Request{RemoteAddr: "127.0.0.1:1"}), "", func() {})
	}
}

const (
	twoBoundaries = "second boundary"
	headerAhead   = "second header"
)

// ask brings an agent into the state and returns its answer, without what differs
// from one time to the next.
func (a asking) ask(t *testing.T) string {
	if a.other != nil {
		return plain(a.other(t))
	}
	s := newSite(t, a.config)
	if a.agent != nil {
		a.agent(t, s)
	}
	return a.askAt(t, s)
}

// askAt asks an agent that is there already.
func (a asking) askAt(t *testing.T, s *site) string {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", s.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	const ends = "\r\nConnection: close\r\n\r\n"
	if _, err := io.WriteString(conn, strings.ReplaceAll(a.request, "\n", "\r\n")+ends); err != nil {
		t.Fatal(err)
	}
	var answer []byte
	for b := make([]byte, 64<<10); ; {
		n, err := conn.Read(b)
		answer = append(answer, b[:n]...)
		if a.ends != "" && bytes.Count(answer, []byte("\n--")) >= 2 && bytes.HasSuffix(answer, []byte("\r\n\r\n")) == (a.ends == headerAhead) {
			break
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%s: %v after %q", a.name, err, answer)
		}
	}
	asked := "> " + strings.ReplaceAll(tooLong.ReplaceAllString(a.request, "x…"), "\n", "\n> ") + "\n"
	return asked + plain(string(answer))
}

// unanswered asks for a snapshot that does not come, without the time it takes.
func unanswered(path string, state func(*frames.Hub)) func(*testing.T) string {
	return func(t *testing.T) string {
		s := newSite(t, Config{})
		state(s.hub)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		return recorded(s.Handler(ctx), httptest.NewRequest(http.MethodGet, "http://pi"+path, nil))
	}
}

// locked asks an agent that its household has locked.
func locked(request string) func(*testing.T) string {
	return func(t *testing.T) string {
		h := newHouse(t, Config{})
		h.lock(t)
		return asking{name: request, request: request}.askAt(t, h.site)
	}
}

func fromElsewhere(t *testing.T) string {
	s := newSite(t, Config{})
	r := httptest.NewRequest(http.MethodGet, "http://pi/video", nil)
	r.RemoteAddr = "203.0.113.9:1234"
	return recorded(s.Handler(t.Context()), r)
}

func recorded(h http.Handler, r *http.Request) string {
	if r.RemoteAddr == "192.0.2.1:1234" { // httptest's own
		r.RemoteAddr = "127.0.0.1:1234"
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	var b bytes.Buffer
	_ = w.Result().Write(&b)
	return b.String()
}

var tooLong = regexp.MustCompile(`x{100,}`)

var notTheSame = []struct {
	pattern *regexp.Regexp
	instead string
}{
	{regexp.MustCompile(`(?m)^Date: .*$`), "Date: …"},
	{regexp.MustCompile(`(?m)^X-Timestamp: \d+\.\d{6}$`), "X-Timestamp: SECONDS.MICROS"},
	{regexp.MustCompile(`"started":"[^"]+Z"`), `"started":"…"`},
	{regexp.MustCompile(`"(frame_age_ms|fps)":[0-9.]+`), `"$1":…`},
	{regexp.MustCompile(`(frame_age_seconds|_fps)({.*}) .*`), "$1$2 …"},
	{regexp.MustCompile(`(?m)^(go|process)_.*\n?`), ""},
	{regexp.MustCompile(`"spki":"[0-9a-f]+"`), `"spki":"…"`},
	{regexp.MustCompile(`"claim_seconds":[0-9]+`), `"claim_seconds":…`},
	{regexp.MustCompile(`Content-Length: \d{2,}`), "Content-Length: …"},
	{regexp.MustCompile(`(?s)<!doctype html>.*`), "<page>"},
	{regexp.MustCompile(`(?s)(Content-Type: text/(css|javascript).*?\n\n).*`), "$1<text>"},
}

// plain removes what differs from one answer to the next, and what is no contract:
// how the pages look.
func plain(answer string) string {
	head, body, _ := strings.Cut(answer, "\r\n\r\n")
	if strings.Contains(head, "Transfer-Encoding: chunked") {
		whole, err := io.ReadAll(httputil.NewChunkedReader(strings.NewReader(body)))
		if err != nil {
			return err.Error()
		}
		body = string(whole)
	}
	for {
		begin, end := strings.Index(body, "\xFF\xD8"), strings.Index(body, "\xFF\xD9")
		if begin < 0 || end < begin {
			break
		}
		body = body[:begin] + "<JPEG>" + body[end+2:]
	}
	lines := strings.Split(head, "\r\n")
	slices.Sort(lines[1:])
	answer = strings.Join(lines, "\n") + "\n\n" + strings.TrimSpace(strings.ReplaceAll(body, "\r\n", "\n"))
	for _, n := range notTheSame {
		answer = n.pattern.ReplaceAllString(answer, n.instead)
	}
	return strings.TrimSpace(answer) + "\n"
}
