package gridapi

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/desktop/engine"
	"pigrid/desktop/secrets"
	"pigrid/shared/mjpeg"
)

// doorman is a camera that asks for a name and a password in a way that changes,
// and lets everybody in who tells any.
type doorman struct {
	mu    sync.Mutex
	asks  string   // WWW-Authenticate, "" lets anybody in
	told  []string // every Authorization
	asked int
	jpeg  []byte
	addr  string
}

func newDoorman(t *testing.T, asks string) *doorman {
	d := &doorman{asks: asks, jpeg: testJPEG(t)}
	s := httptest.NewServer(d)
	t.Cleanup(func() { s.CloseClientConnections(); s.Close() })
	d.addr = s.Listener.Addr().String()
	return d
}

func (d *doorman) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	d.asked++
	said := r.Header.Get("Authorization")
	if said != "" {
		d.told = append(d.told, said)
	}
	asks := d.asks
	d.mu.Unlock()
	if asks != "" && said == "" {
		w.Header().Set("WWW-Authenticate", asks)
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	w.Header().Set("Content-Type", "multipart/x-mixed-replace; boundary=frame") // not that of an agent
	for r.Context().Err() == nil {
		_, _ = w.Write(append([]byte(mjpeg.Opening), mjpeg.NewPart(d.jpeg, time.Now(), false).Standard...))
		w.(http.Flusher).Flush()
		select {
		case <-time.After(50 * time.Millisecond):
		case <-r.Context().Done():
		}
	}
}

// turn makes it ask in another way, and returns what it was told until now.
func (d *doorman) turn(asks string) []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	told := d.told
	d.asks, d.told = asks, nil
	return told
}

const (
	axis  = `Digest realm="AXIS_1", nonce="n", qop="auth"`
	other = `Digest realm="router", nonce="n", qop="auth"`
	basic = `Basic realm="AXIS_1"`
)

// A camera that knew Digest and then asked for Basic got the password in clear, and
// so did any stranger at its address.
func TestNoPasswordForWhoAsksInAnotherWay(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		before, now string
		told        bool
	}{
		{axis, axis, true},
		{basic, basic, true},
		{axis, strings.Replace(axis, `"n"`, `"m"`, 1), true},
		{axis + ", " + basic, axis, true},
		{axis, basic, false},
		{axis, other, false},
		{axis, `Basic realm="router"`, false},
		{basic, `Basic realm="router"`, false},
		{basic, axis, false},
		{"", basic, false},
		{"", axis, false},
		{axis + ", " + basic, basic, false},
	} {
		t.Run(fmt.Sprintf("%s then %s", tt.before, tt.now), func(t *testing.T) {
			t.Parallel()
			camera, kept := newDoorman(t, tt.before), &keychain{kept: map[string]string{}}
			withSecrets := func(c *engine.Config) { c.Secrets = secrets.New(kept, "") }
			d := startDesk(t, "", nil, withSecrets)
			r := d.Add("http://root:pass@" + camera.addr + "/video")
			if !r.OK() {
				t.Fatalf("got %+v", r)
			}
			eventually(t, 5*time.Second, "the password is kept", func() bool { return kept.count() == 1 })
			d.stop(t)
			camera.turn(tt.now)

			again := startDesk(t, d.path, nil, withSecrets)
			again.look(t)
			key := r.Keys[0]
			if tt.told {
				again.eventually(t, 5*time.Second, key, cameras.Live)
				return
			}
			again.eventually(t, 5*time.Second, key, cameras.Refused)
			if c := again.camera(key); c.Reason != cameras.ReasonOtherLogin || !strings.Contains(c.Detail, "before") {
				t.Errorf("got %+v", c)
			}
			if told := camera.turn(tt.now); len(told) > 0 {
				t.Fatalf("told %q", told)
			}
			// The person was asked, and tells it all the same.
			if r := again.Add("http://root:pass@" + camera.addr + "/video"); !r.OK() {
				t.Fatalf("got %+v", r)
			}
			again.eventually(t, 5*time.Second, key, cameras.Live)
			if told := camera.turn(tt.now); len(told) == 0 {
				t.Error("not told, although the person wants it")
			}
			again.stop(t)
			if data, err := os.ReadFile(again.path); err != nil || strings.Contains(string(data), "pass") {
				t.Errorf("the settings say %s, %v", data, err)
			}
			third := startDesk(t, d.path, nil, withSecrets)
			third.look(t)
			third.eventually(t, 5*time.Second, key, cameras.Live)
		})
	}
}

// A person who types another password has not been warned yet.
func TestAnotherPasswordIsNotToldInAnotherWay(t *testing.T) {
	t.Parallel()
	camera := newDoorman(t, axis)
	d := startDesk(t, "", nil)
	d.look(t)
	r := d.Add("http://root:pass@" + camera.addr + "/video")
	if !r.OK() {
		t.Fatalf("got %+v", r)
	}
	camera.turn(basic)
	if r := d.Add("http://root:new@" + camera.addr + "/video"); r.OK() || r.Reason != cameras.ReasonOtherLogin {
		t.Errorf("got %+v", r)
	}
	d.eventually(t, 5*time.Second, r.Keys[0], cameras.Refused)
	if told := camera.turn(basic); len(told) > 0 {
		t.Errorf("told %q", told)
	}
	if r := d.Add("http://root:new@" + camera.addr + "/video"); !r.OK() {
		t.Errorf("after the warning: %+v", r)
	}
	want := "Basic " + base64.StdEncoding.EncodeToString([]byte("root:new"))
	if told := camera.turn(basic); len(told) == 0 || told[0] != want {
		t.Errorf("told %q", told)
	}
}

// A password that stands in the address goes to whoever has that address.
func TestNoPasswordInTheAddressOnAnotherNetwork(t *testing.T) {
	t.Parallel()
	camera, kept := newDoorman(t, ""), &keychain{kept: map[string]string{}}
	withSecrets := func(c *engine.Config) { c.Secrets = secrets.New(kept, "") }
	where := "http://" + camera.addr + "/video?pwd=pass"
	d := startDesk(t, "", nil, withSecrets)
	r := d.Add(where)
	if !r.OK() {
		t.Fatalf("got %+v", r)
	}
	d.Roster.Change(r.Keys[0], func(c *cameras.Camera) { c.Network = "203.0.113.0/24" })
	eventually(t, 5*time.Second, "the password is kept", func() bool { return kept.count() == 1 })
	d.stop(t)
	before := camera.count()

	again := startDesk(t, d.path, nil, withSecrets)
	again.look(t)
	again.eventually(t, 5*time.Second, r.Keys[0], cameras.Refused)
	if c := again.camera(r.Keys[0]); c.Reason != cameras.ReasonOtherNetwork || strings.Contains(c.Detail, "pass") {
		t.Errorf("got %+v", c)
	}
	if n := camera.count() - before; n > 0 {
		t.Errorf("asked %d times", n)
	}
	if r := again.Add(where); !r.OK() { // the person was asked, and tells it all the same
		t.Fatalf("got %+v", r)
	}
	again.eventually(t, 5*time.Second, r.Keys[0], cameras.Live)
	again.stop(t)
	third := startDesk(t, d.path, nil, withSecrets)
	third.look(t)
	third.eventually(t, 5*time.Second, r.Keys[0], cameras.Live)
}

// count is how often it was asked.
func (d *doorman) count() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.asked
}
