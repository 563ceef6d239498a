package gridapi

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pigrid/desktop/adding"
	"pigrid/desktop/cameras"
	"pigrid/desktop/client"
	"pigrid/desktop/engine"
	"pigrid/desktop/secrets"
	"pigrid/shared/endpoint"
)

// TestForeignCameras: every known dialect is found behind a bare host and port,
// with one connection at a time, and the one that was tried is the one that the
// tile goes on with.
func TestForeignCameras(t *testing.T) {
	for _, dialect := range dialects {
		t.Run(dialect.name, func(t *testing.T) {
			t.Parallel()
			c := newForeign(t, dialect)
			d := startDesk(t, "", nil)
			d.look(t)
			r := d.Add(c.addr)
			if !r.OK() || len(r.Keys) != 1 || !cameras.IsForeign(r.Keys[0]) || r.Address != "http://"+c.addr+c.path {
				t.Fatalf("got %+v", r)
			}
			d.eventually(t, 5*time.Second, r.Keys[0], cameras.Live)
			asked, most, streams, _ := c.saw()
			if most != 1 || streams != 1 {
				t.Errorf("%d connections at once, %d streams; asked %v", most, streams, asked)
			}
			if tile := d.camera(r.Keys[0]); tile.Name != "127.0.0.1" || tile.URL != r.Address || tile.Address != c.addr || !tile.Added || tile.Width != 16 {
				t.Errorf("got %+v", tile)
			}
		})
	}
}

// addLive adds a camera without an agent and waits until it is live; it returns
// its key.
func (d *desk) addLive(t *testing.T, address string) string {
	t.Helper()
	r := d.Add(address)
	if !r.OK() {
		t.Fatalf("got %+v", r)
	}
	d.eventually(t, 5*time.Second, r.Keys[0], cameras.Live)
	return r.Keys[0]
}

func TestForeignByURLIsTriedOnce(t *testing.T) {
	t.Parallel()
	c := newForeign(t, dialects[0])
	d := startDesk(t, "", nil)
	d.look(t)
	key := d.addLive(t, "http://"+c.addr+c.path)
	if asked, most, _, _ := c.saw(); !slices.Equal(asked, []string{c.path}) || most != 1 {
		t.Errorf("asked %v, %d at once", asked, most)
	}
	for _, again := range []string{c.addr + c.path, c.addr} {
		if r := d.Add(again); !r.OK() || !slices.Equal(r.Keys, []string{key}) {
			t.Errorf("%s again: %+v", again, r)
		}
	}
	if _, _, streams, _ := c.saw(); streams != 1 || len(d.State().Cameras) != 1 {
		t.Errorf("%d streams, %d cameras", streams, len(d.State().Cameras))
	}
	d.stop(t)

	again := startDesk(t, d.path, nil)
	again.look(t)
	again.eventually(t, 5*time.Second, key, cameras.Live)
	again.Forget(key)
	eventually(t, 5*time.Second, "nobody looks any more", func() bool { _, _, _, open := c.saw(); return open == 0 })
	if n := len(again.State().Cameras); n != 0 {
		t.Errorf("%d cameras", n)
	}
	again.stop(t)
	if n := len(startDesk(t, d.path, nil).State().Cameras); n != 0 {
		t.Errorf("%d cameras after a restart", n)
	}
}

// TestForeignIsNeverAskedTwiceAtOnce: neither the solo tile's rate nor silence
// opens a second connection to a camera that may serve a single viewer.
func TestForeignIsNeverAskedTwiceAtOnce(t *testing.T) {
	c := newForeign(t, dialects[3])
	d := startDesk(t, "", nil)
	server := serve(t, d)
	r := d.Add(c.addr + c.path)
	if !r.OK() {
		t.Fatalf("got %+v", r)
	}
	var last uint64
	grid := showPage(t, server, r.Keys[0], false, &last)
	d.eventually(t, 5*time.Second, r.Keys[0], cameras.Live)
	grid.hide()
	showPage(t, server, r.Keys[0], true, &last)
	eventually(t, 5*time.Second, "its rate is known", func() bool {
		list := d.newer([]Want{{Key: r.Keys[0]}}, time.Now())
		return len(list) == 1 && list[0].Seq > 5
	})
	c.mu.Lock()
	c.silent = true
	c.mu.Unlock()
	d.eventually(t, 6*time.Second, r.Keys[0], cameras.Stalled)
	if asked, most, _, _ := c.saw(); most != 1 || !slices.Equal(asked, []string{c.path}) {
		t.Errorf("%d at once, asked %v", most, asked)
	}
	c.mu.Lock()
	c.silent = false
	c.mu.Unlock()
	d.eventually(t, 3*time.Second, r.Keys[0], cameras.Live)
}

func TestForeignSinglePictures(t *testing.T) {
	t.Parallel()
	c := newForeign(t, dialect{name: "snapshot", path: "/snap.jpg?size=2", kind: "image/jpeg"})
	d := startDesk(t, "", nil)
	d.look(t)
	r := d.Add(c.addr + c.path)
	if !r.OK() {
		t.Fatalf("got %+v", r)
	}
	d.eventually(t, 5*time.Second, r.Keys[0], cameras.Live)
	if fps := d.camera(r.Keys[0]).FPS; fps < 0.5 || fps > 1.1 {
		t.Errorf("%v fps", fps)
	}
	if _, most, _, _ := c.saw(); most != 1 {
		t.Errorf("%d at once", most)
	}
}

func TestForeignInVain(t *testing.T) {
	t.Parallel()
	page := newForeign(t, dialect{path: "/", kind: "text/html"}, func(c *foreignCamera) { c.jpeg = []byte("<!DOCTYPE html>") })
	busy := newForeign(t, dialects[0], func(c *foreignCamera) { c.busy = true })
	moved := httptest.NewServer(http.RedirectHandler("http://8.8.8.8/", http.StatusFound))
	t.Cleanup(moved.Close)
	zeros := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "multipart/x-mixed-replace; boundary=x")
		for range 64 {
			_, _ = w.Write(make([]byte, 1<<16))
		}
	}))
	t.Cleanup(zeros.Close)
	d := startDesk(t, "", nil)
	for input, want := range map[string]cameras.Reason{
		page.addr:                       cameras.ReasonNotPigrid,
		page.addr + "/?x=1":             cameras.ReasonNoStream,
		page.addr + "/video":            cameras.ReasonNoStream,
		busy.addr + busy.path:           cameras.ReasonBusy,
		moved.URL + "/video":            cameras.ReasonNoStream,
		zeros.URL + "/video":            cameras.ReasonNoStream,
		"http://127.0.0.1:1/video":      cameras.ReasonRefused,
		"http://8.8.8.8/video":          cameras.ReasonNotLocal,
		"rtsp://192.168.1.9/video":      cameras.ReasonBadAddress,
		"https://192.168.1.9/video.mjp": cameras.ReasonBadAddress,
	} {
		if r := resultOf(d.Add(input)); r.OK || r.Reason != want || r.Keys == nil {
			t.Errorf("%s: %+v, want %s", input, r, want)
		}
	}
	if n := len(d.State().Cameras); n != 0 {
		t.Errorf("%d cameras", n)
	}
	for _, c := range []*foreignCamera{page, busy} {
		eventually(t, 3*time.Second, "nothing is left open", func() bool { _, _, _, open := c.saw(); return open == 0 })
		if _, most, _, _ := c.saw(); most != 1 {
			t.Errorf("%d at once", most)
		}
	}
}

// TestURLOfAnAgentIsTheAgent: one camera has one tile.
func TestURLOfAnAgentIsTheAgent(t *testing.T) {
	t.Parallel()
	a := newAgent(t, idA, "Garage", "x")
	d := startDesk(t, "", nil)
	if r := d.Add("http://" + a.addr + "/cameras/x/video"); !r.OK() || !slices.Equal(r.Keys, []string{cameras.Key(idA, "x")}) {
		t.Errorf("got %+v", r)
	}
}

// keychain is one that the test can read.
type keychain struct {
	mu   sync.Mutex
	kept map[string]string
}

func (k *keychain) Set(name, secret string) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.kept[name] = secret
	return nil
}

func (k *keychain) Get(name string) (string, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if secret, ok := k.kept[name]; ok {
		return secret, nil
	}
	return "", secrets.ErrNotFound
}

func (k *keychain) Delete(name string) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.kept, name)
	return nil
}

func (k *keychain) count() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.kept)
}

// TestPasswordsAreNotInPlainText: other players keep them in their settings and
// show them on screen (iina#2193).
func TestPasswordsAreNotInPlainText(t *testing.T) {
	t.Parallel()
	const password = "pässwort:%41"
	c := newForeign(t, dialects[4], func(c *foreignCamera) { c.user, c.password = "root", password })
	c.path += "?psw=topsecret&fps=5"
	k := &keychain{kept: map[string]string{}}
	var log bytes.Buffer
	withSecrets := func(cfg *engine.Config) {
		cfg.Secrets, cfg.Logger = secrets.New(k, ""), slog.New(slog.NewTextHandler(&lockedWriter{w: &log}, nil))
	}
	d := startDesk(t, "", nil, withSecrets)
	d.look(t)
	if r := d.Add(c.addr + c.path); r.OK() || r.Reason != cameras.ReasonUnauthorized || strings.Contains(r.Address+r.Detail, "topsecret") {
		t.Errorf("without a password: %+v", r)
	}
	if r := d.Add("http://root:wrong@" + c.addr + c.path); r.OK() || r.Reason != cameras.ReasonUnauthorized || strings.Contains(r.Address+r.Detail, "wrong") {
		t.Errorf("with a wrong one: %+v", r)
	}
	r := d.Add("http://root:p%C3%A4sswort:%2541@" + c.addr + c.path)
	if !r.OK() {
		t.Fatalf("with the right one: %+v", r)
	}
	key := r.Keys[0]
	d.eventually(t, 5*time.Second, key, cameras.Live)
	d.stop(t)
	if n := k.count(); n != 1 {
		t.Errorf("the keychain has %d secrets", n)
	}

	again := startDesk(t, d.path, nil, withSecrets)
	again.look(t)
	again.eventually(t, 5*time.Second, key, cameras.Live)
	files := ""
	entries, _ := os.ReadDir(filepath.Dir(d.path))
	for _, entry := range entries {
		data, _ := os.ReadFile(filepath.Join(filepath.Dir(d.path), entry.Name()))
		files += string(data)
	}
	if !strings.Contains(files, "video.cgi?fps=5") {
		t.Errorf("not remembered: %s", files)
	}
	page := strings.Join(append(again.texts(), d.texts()...), "\n")
	for where, text := range map[string]string{"file": files, "log": log.String(), "page": page} {
		for _, secret := range []string{"swort", "topsecret", "wrong@", "root:"} {
			if strings.Contains(text, secret) {
				t.Errorf("%s in the %s: %s", secret, where, text)
			}
		}
	}
	again.Forget(key)
	// Not after the end: nobody waits there for a keychain that may hang.
	eventually(t, 5*time.Second, "the keychain has forgotten", func() bool { return k.count() == 0 })
	again.stop(t)
}

// TestDigest: Axis and others let nobody in by Basic, as they leave the factory.
// The password itself is never told.
func TestDigest(t *testing.T) {
	t.Parallel()
	c := newForeign(t, dialects[4], func(c *foreignCamera) { c.user, c.password, c.digest = "root", "pässwort", true })
	k := &keychain{kept: map[string]string{}}
	withSecrets := func(cfg *engine.Config) { cfg.Secrets = secrets.New(k, "") }
	d := startDesk(t, "", nil, withSecrets)
	d.look(t)
	for _, wrong := range []string{c.addr, "http://root:wrong@" + c.addr, "http://root:wrong@" + c.addr + c.path} {
		if r := d.Add(wrong); r.OK() || r.Reason != cameras.ReasonUnauthorized {
			t.Errorf("%s: %+v", wrong, r)
		}
	}
	r := d.Add("http://root:pässwort@" + c.addr)
	if !r.OK() {
		t.Fatalf("got %+v", r)
	}
	d.eventually(t, 5*time.Second, r.Keys[0], cameras.Live)
	d.stop(t)
	again := startDesk(t, d.path, nil, withSecrets)
	again.look(t)
	again.eventually(t, 5*time.Second, r.Keys[0], cameras.Live)
	if _, most, streams, _ := c.saw(); most != 1 || streams != 2 {
		t.Errorf("%d at once, %d streams", most, streams)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, told := range c.told {
		if told != "" && !strings.HasPrefix(told, "Digest ") {
			t.Errorf("told %q", told)
		}
	}
}

// TestAnotherPassword: what a tile advises when a camera's password was changed.
func TestAnotherPassword(t *testing.T) {
	t.Parallel()
	c := newForeign(t, dialects[0], func(c *foreignCamera) { c.user, c.password = "root", "old" })
	k := &keychain{kept: map[string]string{}}
	withSecrets := func(cfg *engine.Config) { cfg.Secrets = secrets.New(k, "") }
	d := startDesk(t, "", nil, withSecrets)
	d.look(t)
	r := d.Add("http://root:old@" + c.addr + c.path)
	if !r.OK() {
		t.Fatalf("got %+v", r)
	}
	d.eventually(t, 5*time.Second, r.Keys[0], cameras.Live)
	d.stop(t)

	c.mu.Lock()
	c.password = "new"
	c.mu.Unlock()
	again := startDesk(t, d.path, nil, withSecrets)
	again.look(t)
	again.eventually(t, 5*time.Second, r.Keys[0], cameras.Refused)
	if r := again.Add("http://root:new@" + c.addr); !r.OK() {
		t.Errorf("got %+v", r)
	}
	again.eventually(t, 5*time.Second, r.Keys[0], cameras.Live)

	for _, mistyped := range []string{"http://root:typo@" + c.addr + c.path, "http://root:typo@" + c.addr} {
		if r := again.Add(mistyped); r.OK() || r.Reason != cameras.ReasonUnauthorized || strings.Contains(r.Address+r.Detail, "typo") {
			t.Errorf("mistyped: got %+v", r)
		}
	}
	again.eventually(t, 5*time.Second, r.Keys[0], cameras.Live)
	if _, most, _, _ := c.saw(); most != 1 {
		t.Errorf("%d at once", most)
	}
	again.stop(t)

	last := startDesk(t, d.path, nil, withSecrets)
	last.look(t)
	last.eventually(t, 5*time.Second, r.Keys[0], cameras.Live)
}

// TestThePasswordThatIsThere cuts nothing when it is typed once more.
func TestThePasswordThatIsThere(t *testing.T) {
	t.Parallel()
	c := newForeign(t, dialects[0], func(c *foreignCamera) { c.user, c.password = "root", "same" })
	d := startDesk(t, "", nil)
	d.look(t)
	for range 3 {
		r := d.Add("http://root:same@" + c.addr + c.path)
		if !r.OK() {
			t.Fatalf("got %+v", r)
		}
		d.eventually(t, 5*time.Second, r.Keys[0], cameras.Live)
	}
	if _, _, streams, _ := c.saw(); streams != 1 {
		t.Errorf("%d streams", streams)
	}
}

// TestTypedAgainWhileItIsTried: a person who cancels the dialog and types another
// password, or forgets the camera, does not wait for the first try, which leaves
// nothing behind.
func TestTypedAgainWhileItIsTried(t *testing.T) {
	t.Parallel()
	for name, forgotten := range map[string]bool{"another password": false, "forgotten and added again": true} {
		t.Run(name, func(t *testing.T) {
			c := newForeign(t, dialects[0], func(c *foreignCamera) { c.user, c.password = "root", "old" })
			client := &opening{Client: client.NewClient(), tried: make(chan struct{})}
			k := &keychain{kept: map[string]string{}}
			d := startDesk(t, "", client, func(cfg *engine.Config) { cfg.Secrets = secrets.New(k, "") })
			d.look(t)
			key := d.addLive(t, "http://root:old@"+c.addr+c.path)
			client.slow.Store(true)
			added := make(chan adding.Result)
			go func() { added <- d.Add("http://root:typo@" + c.addr + c.path) }()
			<-client.tried
			if tile := d.camera(key); tile.State != cameras.Connecting {
				t.Errorf("while it is tried: %+v", tile)
			}
			c.mu.Lock()
			c.password = "new"
			c.mu.Unlock()
			if forgotten {
				d.Forget(key)
			}
			if r := d.Add("http://root:new@" + c.addr + c.path); !r.OK() {
				t.Errorf("got %+v", r)
			}
			if r := <-added; r.OK() && !forgotten {
				t.Errorf("the first: %+v", r)
			}
			if !errors.Is(client.cause, context.Canceled) {
				t.Errorf("the first try ended by itself: %v", client.cause)
			}
			d.eventually(t, 5*time.Second, key, cameras.Live)
			d.stop(t)
			k.mu.Lock()
			defer k.mu.Unlock()
			if kept := fmt.Sprint(k.kept); len(k.kept) != 1 || !strings.Contains(kept, "new") {
				t.Errorf("the keychain has %s", kept)
			}
			if _, most, _, open := c.saw(); most != 1 || open != 0 {
				t.Errorf("%d at once, %d are open still", most, open)
			}
		})
	}
}

// TestForgottenWhileItIsTried: the end of the try brings nothing back.
// TestCancelledWhileTheAgentIsAsked: the stream at the URL was open already.
func TestCancelledWhileTheAgentIsAsked(t *testing.T) {
	t.Parallel()
	a := newAgent(t, idA, "Garage", "x")
	reach := &asked{Client: client.NewClient(), begun: make(chan struct{})}
	d := startDesk(t, "", reach)
	added := make(chan adding.Result)
	go func() { added <- d.Add("http://" + a.addr + "/cameras/x/video") }()
	<-reach.begun
	d.CancelAdd()
	if r := <-added; r.OK() || len(d.State().Cameras) != 0 {
		t.Errorf("got %+v, %d tiles", r, len(d.State().Cameras))
	}
	eventually(t, 5*time.Second, "nobody looks any more", func() bool { return len(a.streams()) == 0 })
}

// asked is a client that gets no answer from an agent.
type asked struct {
	*client.Client
	begun chan struct{} // closed when it is asked
}

func (c *asked) Find(ctx context.Context, _ string, _ []endpoint.Endpoint) (client.Found, error) {
	close(c.begun)
	<-ctx.Done()
	return client.Found{}, ctx.Err()
}

func TestForgottenWhileItIsTried(t *testing.T) {
	t.Parallel()
	c := newForeign(t, dialects[0], func(c *foreignCamera) { c.user, c.password = "root", "old" })
	client := &opening{Client: client.NewClient(), tried: make(chan struct{})}
	d := startDesk(t, "", client)
	d.look(t)
	r := d.Add("http://root:old@" + c.addr + c.path)
	if !r.OK() {
		t.Fatalf("got %+v", r)
	}
	client.slow.Store(true)
	added := make(chan adding.Result)
	go func() { added <- d.Add("http://root:new@" + c.addr + c.path) }()
	<-client.tried
	d.Forget(r.Keys[0])
	d.stop(t)
	<-added
	feeds := len(maps.Collect(d.Streams.All()))
	if n := len(d.State().Cameras); n != 0 || feeds != 0 {
		t.Errorf("%d cameras, %d feeds", n, feeds)
	}
	eventually(t, 5*time.Second, "nobody looks any more", func() bool { _, _, _, open := c.saw(); return open == 0 })
}

// opening is a client whose next dial, once it is slow, ends only with its context.
type opening struct {
	*client.Client
	slow  atomic.Bool
	tried chan struct{} // closed when that dial has begun
	cause error         // why it ended
}

func (o *opening) Open(ctx context.Context, from client.Source) (*client.Stream, error) {
	if o.slow.CompareAndSwap(true, false) {
		close(o.tried)
		<-ctx.Done()
		o.cause = context.Cause(ctx)
		return nil, ctx.Err()
	}
	return o.Client.Open(ctx, from)
}

type lockedWriter struct {
	mu sync.Mutex
	w  *bytes.Buffer
}

func (l *lockedWriter) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(p)
}

// elsewhere is a network in which hosts are where the test says.
type elsewhere struct {
	*client.Client
	at map[string]string // host:port -> where it is
}

func (e elsewhere) Open(ctx context.Context, from client.Source) (*client.Stream, error) {
	if from.Addr = e.at[from.Addr]; from.Addr == "" {
		from.Addr = "127.0.0.1:1"
	}
	return e.Client.Open(ctx, from)
}

func (e elsewhere) Find(ctx context.Context, id string, addresses []endpoint.Endpoint) (client.Found, error) {
	for i := range addresses {
		if addresses[i].Addr = e.at[addresses[i].Addr]; addresses[i].Addr == "" {
			addresses[i].Addr = "127.0.0.1:1"
		}
	}
	return e.Client.Find(ctx, id, addresses)
}

// TestUsualPorts: a bare host is enough for cameras on their usual ports.
func TestUsualPorts(t *testing.T) {
	t.Parallel()
	for port, dialect := range map[string]dialect{"81": dialects[3], "80": dialects[2], "8081": dialects[6], "8080": dialects[0]} {
		t.Run(dialect.name, func(t *testing.T) {
			c := newForeign(t, dialect)
			d := startDesk(t, "", elsewhere{client.NewClient(), map[string]string{"cam.local:" + port: c.addr}})
			d.look(t)
			r := d.Add("cam.local")
			if !r.OK() || r.Address != "http://cam.local:"+port+c.path {
				t.Fatalf("got %+v", r)
			}
			d.eventually(t, 5*time.Second, r.Keys[0], cameras.Live)
			if _, most, streams, _ := c.saw(); most != 1 || streams != 1 {
				t.Errorf("%d at once, %d streams", most, streams)
			}
		})
	}
}

func TestTwoCamerasOfOneHostHaveTwoNames(t *testing.T) {
	t.Parallel()
	one, two := newForeign(t, dialects[0]), newForeign(t, dialects[1])
	d := startDesk(t, "", nil)
	a, b := d.Add(one.addr+one.path), d.Add(two.addr+two.path)
	if !a.OK() || !b.OK() || d.camera(a.Keys[0]).Name != "127.0.0.1" || d.camera(b.Keys[0]).Name != "127.0.0.1/stream" {
		t.Errorf("got %+v", d.State().Cameras)
	}
}
