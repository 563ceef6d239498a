package gridapi

import (
	"context"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/desktop/client"
	"pigrid/shared/endpoint"
)

// silentHost swallows what is sent to its ports, but for those that answer. It
// lives inside a synctest bubble.
type silentHost struct {
	jpeg   []byte
	stream string           // host:port of a camera
	fails  map[string]error // host:port that answer otherwise

	lasts time.Duration // how long a stream lasts, 0 for ever
	mute  bool          // no picture comes

	mu     sync.Mutex
	dialed []string // ports, each once
	logins []string // user:password of each stream
}

// dial gives up after three seconds, as the app's own client does.
func (h *silentHost) dial(ctx context.Context, addr string) error {
	_, port, _ := net.SplitHostPort(addr)
	h.mu.Lock()
	if !slices.Contains(h.dialed, port) {
		h.dialed = append(h.dialed, port)
	}
	h.mu.Unlock()
	if err := h.fails[addr]; err != nil || addr == h.stream {
		return err
	}
	select {
	case <-time.After(3 * time.Second):
		return &cameras.Failure{Reason: cameras.ReasonTimeout}
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (h *silentHost) Find(ctx context.Context, _ string, addresses []endpoint.Endpoint) (client.Found, error) {
	return client.Found{}, h.dial(ctx, addresses[0].Addr)
}

func (h *silentHost) Alive(ctx context.Context, at endpoint.Endpoint) error {
	return h.dial(ctx, at.Addr)
}

func (h *silentHost) Open(ctx context.Context, from client.Source) (*client.Stream, error) {
	if err := h.dial(ctx, from.Addr); err != nil {
		return nil, err
	}
	if from.Credentials != nil {
		h.mu.Lock()
		h.logins = append(h.logins, from.Credentials.User+":"+from.Credentials.Password)
		h.mu.Unlock()
	}
	r, w := io.Pipe()
	if h.lasts > 0 {
		time.AfterFunc(h.lasts, func() { w.Close() })
	}
	context.AfterFunc(ctx, func() { w.CloseWithError(ctx.Err()) })
	go func() {
		for err := error(nil); err == nil && !h.mute; {
			_, err = fmt.Fprintf(w, "--x\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%s\r\n", len(h.jpeg), h.jpeg)
			select {
			case <-time.After(50 * time.Millisecond):
			case <-ctx.Done():
			}
		}
	}()
	return &client.Stream{Body: r, ContentType: "multipart/x-mixed-replace; boundary=x"}, nil
}

// TestPortsBesideASilentOne: a firewall that swallows what comes to the port of
// agents hides no camera on another one, and nobody waits for ever.
func TestPortsBesideASilentOne(t *testing.T) {
	refused := &cameras.Failure{Reason: cameras.ReasonRefused}
	locked := &cameras.Failure{Reason: cameras.ReasonUnauthorized, Status: 401}
	no := &cameras.Failure{Reason: cameras.ReasonForbidden, Status: 403}
	tests := []struct {
		name, input string
		fails       map[string]error
		found       string // where, without http://
		reason      cameras.Reason
		dialed      []string
		limit       time.Duration
	}{
		{"on 80", "cam.local", nil, "cam.local:80/webcam/?action=stream", "", []string{"8080", "80"}, 3 * time.Second},
		{"on 81", "cam.local", nil, "cam.local:81/stream", "", []string{"8080", "80", "81"}, 6 * time.Second},
		{"on 81, and 80 is closed", "cam.local", map[string]error{"cam.local:80": refused}, "cam.local:81/stream", "", []string{"8080", "80", "81"}, 3 * time.Second},
		{"on 8081", "cam.local", nil, "cam.local:8081/", "", []string{"8080", "80", "81", "8081"}, 9 * time.Second},
		{"locked", "cam.local", map[string]error{"cam.local:80": locked}, "", cameras.ReasonUnauthorized, []string{"8080", "80", "81", "8081"}, 9 * time.Second},
		{"who does not let us in", "cam.local", map[string]error{"cam.local:8080": no}, "cam.local:81/stream", "", []string{"8080", "80", "81"}, 6 * time.Second},
		{"only who does not", "cam.local", map[string]error{"cam.local:8080": no, "cam.local:80": locked}, "", cameras.ReasonForbidden, []string{"8080", "80", "81", "8081"}, 9 * time.Second},
		{"nobody there", "cam.local", nil, "", cameras.ReasonTimeout, []string{"8080", "80", "81", "8081"}, 12 * time.Second},
		{"the port was typed", "cam.local:8080", nil, "", cameras.ReasonTimeout, []string{"8080"}, 3 * time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				addr, _, _ := strings.Cut(tt.found, "/")
				h := &silentHost{jpeg: testJPEG(t), stream: addr, fails: tt.fails}
				d := startDesk(t, "", h)
				begin := time.Now()
				r := d.Add(tt.input)
				if took := time.Since(begin); took > tt.limit {
					t.Errorf("took %v", took)
				}
				if r.Reason != tt.reason || r.OK() != (tt.reason == "") || r.OK() && r.Address != "http://"+tt.found {
					t.Errorf("got %+v", r)
				}
				if !slices.Equal(h.dialed, tt.dialed) {
					t.Errorf("dialled ports %v, want %v", h.dialed, tt.dialed)
				}
			})
		})
	}
}

// TestAStreamWithoutPictures is told after the time that a slow camera may take.
func TestAStreamWithoutPictures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := startDesk(t, "", &silentHost{jpeg: testJPEG(t), stream: "cam.local:80", mute: true})
		begin := time.Now()
		if r := d.Add("http://cam.local/video"); r.OK() || r.Reason != cameras.ReasonNoFrames || time.Since(begin) > (40*time.Second) {
			t.Errorf("got %+v after %v", r, time.Since(begin))
		}
		if n := len(d.State().Cameras); n != 0 {
			t.Errorf("%d cameras", n)
		}
	})
}
