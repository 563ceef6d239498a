package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"pigrid/desktop/cameras"
	"pigrid/shared/endpoint"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// agentServer is a server that answers everything with h, and its host:port.
func agentServer(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return strings.TrimPrefix(s.URL, "http://")
}

func reasonIn(t *testing.T, err error) *cameras.Failure {
	t.Helper()
	var f *cameras.Failure
	if !errors.As(err, &f) {
		t.Fatalf("%v is no Failure", err)
	}
	return f
}

func TestStatus(t *testing.T) {
	addr := agentServer(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/api/v1/status" || r.Header.Get("Accept-Encoding") != "" {
			t.Errorf("asked %s with %v", r.URL, r.Header)
		}
		_, _ = io.WriteString(w, goodStatus)
	})
	found, err := NewClient().Status(t.Context(), endpoint.HTTP(addr))
	if err != nil {
		t.Fatal(err)
	}
	if found.Status.ID != "0a1b" || found.At.Addr != addr || found.Remote.String() != addr {
		t.Errorf("got %+v", found)
	}
}

func TestFailuresOfAnswers(t *testing.T) {
	problemJSON := `{"title":"T","detail":"D\u0000.","hint":"H.","code":"%s"}`
	tests := []struct {
		name            string
		code            int
		media, body     string
		header          string
		stream, status  cameras.Reason
		message, detail string
	}{
		{"401", 401, "", "", "", cameras.ReasonUnauthorized, cameras.ReasonUnauthorized, "", "HTTP 401 Unauthorized"},
		{"403", 403, "application/problem+json", fmt.Sprintf(problemJSON, ""), "", cameras.ReasonForbidden, cameras.ReasonForbidden, "D .", "HTTP 403 Forbidden"},
		{"421", 421, "text/html", "<h1>x", "", cameras.ReasonWrongHost, cameras.ReasonWrongHost, "", "HTTP 421 Misdirected Request"},
		{"camera", 503, "application/problem+json; charset=utf-8", fmt.Sprintf(problemJSON, "no_camera"), "3", cameras.ReasonCamera, cameras.ReasonNotPigrid, "D .", "no_camera"},
		{"viewers", 503, "application/problem+json", fmt.Sprintf(problemJSON, "too_many_viewers"), "5", cameras.ReasonBusy, cameras.ReasonNotPigrid, "D .", "too_many_viewers"},
		{"connections", 503, "application/problem+json", fmt.Sprintf(problemJSON, "too_many_connections"), "2", cameras.ReasonCrowded, cameras.ReasonCrowded, "D .", "too_many_connections"},
		{"viewers of an old agent", 503, "application/problem+json", fmt.Sprintf(problemJSON, "busy"), "5", cameras.ReasonBusy, cameras.ReasonNotPigrid, "D .", "busy"},
		{"a camera that another program has", 503, "application/problem+json", fmt.Sprintf(problemJSON, "camera_busy"), "", cameras.ReasonCamera, cameras.ReasonNotPigrid, "D .", "camera_busy"},
		{"words of another server", 503, "application/json", `{"status":"error","message":"Sold out."}`, "", cameras.ReasonCamera, cameras.ReasonNotPigrid, "Sold out.", "HTTP 503 Service Unavailable"},
		{"404", 404, "text/plain", "x", "", cameras.ReasonCamera, cameras.ReasonNotPigrid, "", "HTTP 404 Not Found"},
		{"500", 500, "application/problem+json", "{", "", cameras.ReasonBadStream, cameras.ReasonNotPigrid, "", "HTTP 500 Internal Server Error"},
		{"redirect", 302, "", "", "", cameras.ReasonBadStream, cameras.ReasonNotPigrid, "", "HTTP 302 Found"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			addr := agentServer(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", tt.media)
				w.Header().Set("Retry-After", tt.header)
				w.Header().Set("Location", "http://127.0.0.1:1/")
				w.WriteHeader(tt.code)
				_, _ = io.WriteString(w, tt.body)
			})
			_, err := NewClient().Open(t.Context(), Source{Endpoint: endpoint.HTTP(addr), Path: "/video"})
			f := reasonIn(t, err)
			if f.Reason != tt.stream || f.Status != tt.code || f.Message != tt.message || f.Detail != tt.detail {
				t.Errorf("stream: %+v", f)
			}
			if (f.RetryAfter > 0) != (tt.header != "") {
				t.Errorf("retry after %v", f.RetryAfter)
			}
			_, err = NewClient().Status(t.Context(), endpoint.HTTP(addr))
			if f := reasonIn(t, err); f.Reason != tt.status || f.Status != tt.code {
				t.Errorf("status: %+v", f)
			}
		})
	}
}

// TestARefusalThatNeverEnds is one all the same: its tile must be tried again.
func TestARefusalThatNeverEnds(t *testing.T) {
	addr := agentServer(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/problem+json")
		w.Header().Set("Retry-After", "7")
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = io.WriteString(w, "{")
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for name, ask := range map[string]func() error{
		"stream": func() error {
			_, err := NewClient().Open(ctx, Source{Endpoint: endpoint.HTTP(addr), Path: "/video"})
			return err
		},
		"status": func() error { _, err := NewClient().Status(ctx, endpoint.HTTP(addr)); return err },
	} {
		if f := reasonIn(t, ask()); f.Status != http.StatusServiceUnavailable || f.RetryAfter != 7*time.Second || ctx.Err() != nil {
			t.Errorf("%s: %+v, %v", name, f, ctx.Err())
		}
	}
}

func TestFailuresWithoutAnswer(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	refused := closed.Addr().String()
	_ = closed.Close()
	garbage := rawServer(t, "SSH-2.0-OpenSSH_9\r\n")
	hungUp := rawServer(t, "")
	huge := agentServer(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"api":1,"id":"a","name":"`+strings.Repeat("x", maxStatusBody)+`"}`)
	})
	short := agentServer(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, "{")
	})
	for addr, want := range map[string]cameras.Reason{
		refused: cameras.ReasonRefused, garbage: cameras.ReasonNotPigrid, hungUp: cameras.ReasonEnded,
		huge: cameras.ReasonNotPigrid, short: cameras.ReasonEnded,
		"8.8.8.8:80": cameras.ReasonNotLocal, "no-such-host.invalid:80": cameras.ReasonUnreachable,
	} {
		_, err := NewClient().Status(t.Context(), endpoint.HTTP(addr))
		if f := reasonIn(t, err); f.Reason != want {
			t.Errorf("%s: %+v, want %s", addr, f, want)
		}
	}
}

// rawServer answers every connection with these bytes and closes it.
func rawServer(t *testing.T, answer string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = c.Read(make([]byte, 4096))
			_, _ = io.WriteString(c, answer)
			_ = c.Close()
		}
	}()
	t.Cleanup(func() { _ = l.Close(); <-done })
	return l.Addr().String()
}

func TestOnlyLocalAddressesAreDialled(t *testing.T) {
	var asked []netip.Addr
	c := newClient(func(a netip.Addr) bool { asked = append(asked, a); return false }, dialTimeout)
	addr := agentServer(t, func(http.ResponseWriter, *http.Request) { t.Error("was dialled") })
	_, err := c.Status(t.Context(), endpoint.HTTP(addr))
	if f := reasonIn(t, err); f.Reason != cameras.ReasonNotLocal {
		t.Errorf("got %+v", f)
	}
	if len(asked) != 1 || !asked[0].IsLoopback() {
		t.Errorf("asked about %v", asked)
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	elsewhere := agentServer(t, func(http.ResponseWriter, *http.Request) { t.Error("was followed") })
	addr := agentServer(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://"+elsewhere+"/", http.StatusFound)
	})
	if _, err := NewClient().Status(t.Context(), endpoint.HTTP(addr)); err == nil {
		t.Error("a redirect is no status")
	}
}

func TestEveryQuestionHasItsOwnConnection(t *testing.T) {
	seen := map[string]bool{}
	addr := agentServer(t, func(_ http.ResponseWriter, r *http.Request) { seen[r.RemoteAddr] = true })
	c := NewClient()
	for range 3 {
		if err := c.Alive(t.Context(), endpoint.HTTP(addr)); err != nil {
			t.Fatal(err)
		}
	}
	if len(seen) != 3 {
		t.Errorf("%d connections", len(seen))
	}
}

func TestStreamEndsWithItsContext(t *testing.T) {
	addr := agentServer(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "multipart/x-mixed-replace; boundary=x")
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	ctx, cancel := context.WithCancel(t.Context())
	s, err := NewClient().Open(ctx, Source{Endpoint: endpoint.HTTP(addr), Path: "/video?fps=2"})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Body.Close()
	if !strings.HasPrefix(s.ContentType, "multipart/") {
		t.Errorf("type %q", s.ContentType)
	}
	time.AfterFunc(10*time.Millisecond, cancel)
	if _, err := s.Body.Read(make([]byte, 1)); !errors.Is(err, context.Canceled) {
		t.Errorf("read: %v", err)
	}
	if FailureOf(err) != nil {
		t.Error("our own cancel counts as a failure")
	}
}

func TestAddressesWithZones(t *testing.T) {
	var host string
	c := &Client{http: &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		host = r.URL.Host
		return nil, io.EOF
	})}}
	for _, addr := range []string{"[fe80::1%eth0]:8080", "192.168.1.2:8080", "pi.local:80"} {
		if _, err := c.Status(t.Context(), endpoint.HTTP(addr)); err == nil || host != addr {
			t.Errorf("%s was dialled at %q: %v", addr, host, err)
		}
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestFailuresDoNotRepeatPasswords: the errors of net/http carry the whole URL.
func TestFailuresDoNotRepeatPasswords(t *testing.T) {
	from := Source{Endpoint: endpoint.HTTP("127.0.0.1:1").With(&endpoint.Credentials{User: "hidden", Password: "hidden", Query: "pwd=hidden"}), Path: "/v?x=hidden"}
	_, err := NewClient().Open(t.Context(), from)
	f := FailureOf(err)
	if f == nil || f.Reason != cameras.ReasonRefused || strings.Contains(f.Detail, "hidden") {
		t.Errorf("got %+v", f)
	}
	for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
		if text := fmt.Sprintf(format, *from.Credentials); strings.Contains(text, "pwd") {
			t.Errorf("%s: %s", format, text)
		}
	}
}
