package web

import (
	"bytes"
	"context"
	"image"
	"image/jpeg"
	"log/slog"
	"net"
	"net/http"
	"testing"
	"time"

	"go.uber.org/goleak"

	"pigrid/agent/frames"
	"pigrid/agent/identity"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// site is a Server that listens on loopback, with one camera called porch.
type site struct {
	*Server
	url  string
	addr string
	hub  *frames.Hub
	stop func() // ends the server and waits; called at the end of the test too
}

// shortLinger stands for the usual one.
const shortLinger = 300 * time.Millisecond

func newSite(t *testing.T, cfg Config) *site {
	t.Helper()
	wait := usualPatience()
	wait.linger = shortLinger
	return newSiteWith(t, cfg, wait)
}

func newSiteWith(t *testing.T, cfg Config, wait patience) *site {
	t.Helper()
	var lc net.ListenConfig
	ln, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return newSiteOn(t, cfg, wait, ln)
}

func newSiteOn(t *testing.T, cfg Config, wait patience, ln net.Listener) *site {
	t.Helper()
	hub := frames.NewHub(frames.Camera{ID: "porch", Name: "Porch", Width: 64, Height: 48, Framerate: 30})
	cfg.Cameras = &frames.Set{}
	cfg.Cameras.Add(hub)
	cfg.Identity = identity.Identity{ID: "00000000-0000-4000-8000-000000000001", Name: "Küche", Host: "pi"}
	cfg.Version = "test"
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	ctx, cancel := context.WithCancel(context.Background())
	s := &site{Server: New(cfg), hub: hub, addr: ln.Addr().String(), url: "http://" + ln.Addr().String()}
	s.patience = wait
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, ln) }()
	stopped := false
	s.stop = func() {
		cancel()
		if stopped {
			return
		}
		stopped = true
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	t.Cleanup(s.stop)
	return s
}

// client makes a new connection each time and leaves none open.
func client(t *testing.T) *http.Client {
	tr := &http.Transport{DisableKeepAlives: true}
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr, Timeout: 20 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// reply is an answer whose body is closed when the test ends.
type reply struct{ *http.Response }

// request sends one request with headers, each a name and a value.
func request(ctx context.Context, t *testing.T, method, url string, header ...string) reply {
	t.Helper()
	r, err := http.NewRequestWithContext(ctx, method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		if header[i] == "Host" {
			r.Host = header[i+1]
		}
		r.Header.Set(header[i], header[i+1])
	}
	answer, err := client(t).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = answer.Body.Close() })
	return reply{answer}
}

// picture is a small JPEG with noise of n bytes in a comment behind SOI.
func picture(t testing.TB, shade byte, n int) []byte {
	t.Helper()
	size := image.Rect(0, 0, 64, 48)
	if n > 1<<20 {
		size = image.Rect(0, 0, 1024, 768) // no picture takes more than its size can need
	}
	img := image.NewGray(size)
	for i := range img.Pix {
		img.Pix[i] = shade
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	sos := bytes.LastIndex(b.Bytes(), []byte{0xFF, 0xDA})
	out := append([]byte{}, b.Bytes()[:sos]...)
	for ; n > 0; n -= 60000 {
		size := min(n, 60000)
		out = append(out, 0xFF, 0xFE, byte((size+2)>>8), byte(size+2))
		out = append(out, make([]byte, size)...)
	}
	return append(out, b.Bytes()[sos:]...)
}

// publishing publishes f() at an interval until the returned function is called.
func publishing(hub *frames.Hub, every time.Duration, f func(n int) []byte) (stop func()) {
	quit, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(every)
		defer tick.Stop()
		for n := 0; ; n++ {
			hub.Publish(f(n), time.Now())
			select {
			case <-tick.C:
			case <-quit:
				return
			}
		}
	}()
	return func() { close(quit); <-done }
}

// eventually fails the test when cond does not become true in time.
func eventually(t *testing.T, what string, cond func() bool) {
	t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(10 * time.Second); !cond(); <-tick.C {
		if time.Now().After(deadline) {
			t.Fatal("never: " + what)
		}
	}
}

func (s *site) viewers() int { return s.hub.Status(time.Now()).Viewers }
