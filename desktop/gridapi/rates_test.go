package gridapi

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/desktop/engine"
	"pigrid/shared/mjpeg"
)

// page pulls frames as the real page does, until it is hidden.
type page struct {
	t      *testing.T
	server string
	known  uint64 // number of the state
	cancel context.CancelFunc
	done   chan struct{}
}

// showPage shows one camera, large or not. It fails the test when it is
// told of a frame twice or of an older one after a newer one.
func showPage(t *testing.T, server, key string, large bool, last *uint64) *page {
	w := Want{Key: key}
	if !large {
		w.FPS = 10
	}
	return showTile(t, server, func() Want { return w }, last)
}

// showTile is showPage of a tile that may change.
func showTile(t *testing.T, server string, tile func() Want, last *uint64) *page {
	ctx, cancel := context.WithCancel(context.Background())
	p := &page{t: t, server: server, cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(p.done)
		for ctx.Err() == nil {
			w := tile()
			w.Seq = *last
			for _, frame := range p.ask(ctx, w) {
				if frame.Seq <= *last {
					t.Errorf("frame %d after frame %d", frame.Seq, *last)
				}
				*last = frame.Seq
			}
		}
	}()
	t.Cleanup(p.hide)
	return p
}

func (p *page) ask(ctx context.Context, w Want) []News {
	body, err := json.Marshal(Question{State: p.known, Want: []Want{w}})
	if err != nil {
		p.t.Error(err)
		return nil
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.server+"/frames", bytes.NewReader(body))
	if err != nil {
		p.t.Error(err)
		return nil
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil // hidden
	}
	defer resp.Body.Close()
	if body, err = io.ReadAll(resp.Body); err != nil {
		return nil
	}
	a := readAnswer(p.t, body)
	p.known = a.Number
	return a.News
}

func (p *page) hide() {
	p.cancel()
	<-p.done
}

func TestRateFollowsThePageAndHiddenIsZero(t *testing.T) {
	a := newAgent(t, idA, "Garage", "x")
	key := cameras.Key(idA, "x")
	d := startDesk(t, "", nil)
	server := serve(t, d)
	d.Add(a.addr)
	added := time.Now()
	only := func(query string) func() bool {
		return func() bool { return slices.Equal(a.streams(), []string{query}) }
	}
	var last uint64
	grid := showPage(t, server, key, false, &last)
	d.eventually(t, 5*time.Second, key, cameras.Live)
	eventually(t, time.Second, "the grid's tile asks for 10 fps", only("fps=10"))
	grid.hide()

	solo := showPage(t, server, key, true, &last)
	eventually(t, 5*time.Second, "the solo tile gets every frame", only(""))
	if c := d.camera(key); c.State != cameras.Live {
		t.Errorf("got %+v", c)
	}
	eventually(t, 6*time.Second, "it is not new any more", func() bool { return time.Since(added) > 5*time.Second })
	solo.hide()
	eventually(t, unwantedAndSome, "no stream is open", func() bool { return len(a.streams()) == 0 })
	a.mu.Lock()
	sent, most := a.sent, a.most
	a.mu.Unlock()
	if sent == 0 || most > 2 {
		t.Errorf("%d bytes sent, %d streams at once", sent, most)
	}
	if c := d.camera(key); c.State != cameras.Paused {
		t.Errorf("got %+v", c)
	}

	showPage(t, server, key, false, &last)
	d.eventually(t, 3*time.Second, key, cameras.Live)
	eventually(t, 3*time.Second, "it is told how much comes", func() bool {
		s := d.State()
		perFrame := int64(len(a.jpeg))
		return s.BytesPerSecond == s.Cameras[0].BytesPerSecond && s.BytesPerSecond > 5*perFrame
	})
}

// TestSizeFollowsThePage: a tile that grows and shrinks shows pictures all the time,
// each large enough, and the page is told the camera's own size.
func TestSizeFollowsThePage(t *testing.T) {
	a := newAgent(t, idA, "Garage", "x")
	a.set(func(a *fakeAgent) {
		a.jpeg = grey(t, 640, 480)
		a.status.Cameras[0].Width, a.status.Cameras[0].Height = 640, 480
	})
	key := cameras.Key(idA, "x")
	d := startDesk(t, "", nil)
	server := serve(t, d)
	var tile atomic.Int64
	tile.Store(150)
	var last uint64
	showTile(t, server, func() Want { return Want{Key: key, FPS: 10, Width: int(tile.Load())} }, &last)
	d.Add(a.addr)
	d.eventually(t, 5*time.Second, key, cameras.Live)
	for _, tt := range []struct {
		tile  int64
		query string
		size  string
	}{
		{150, "fps=10&width=160", "160x120"},
		{300, "fps=10&width=320", "320x240"},
		{900, "fps=10", "640x480"},
		{70, "fps=10&width=80", "80x60"},
		{0, "fps=10", "640x480"},
	} {
		tile.Store(tt.tile)
		eventually(t, 5*time.Second, "the agent is asked for "+tt.query, func() bool {
			return slices.Equal(a.streams(), []string{tt.query})
		})
		eventually(t, 5*time.Second, "the picture has "+tt.size, func() bool {
			status, picture := getFrame(t, server, key)
			width, height, ok := mjpeg.Size(picture)
			if status != http.StatusOK || !ok {
				t.Fatalf("%d: no picture while the size changes", status)
			}
			return fmt.Sprintf("%dx%d", width, height) == tt.size
		})
		if c := d.camera(key); c.Width != 640 || c.Height != 480 || c.State != cameras.Live {
			t.Errorf("in a tile of %d: %+v", tt.tile, c)
		}
	}
}

// getFrame is what the page loads into a tile.
func getFrame(t *testing.T, server, key string) (status int, picture []byte) {
	t.Helper()
	resp, err := http.Get(server + "/frame?key=" + url.QueryEscape(key))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if picture, err = io.ReadAll(resp.Body); err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, picture
}

// unwantedAndSome is the two seconds after which what nobody sees is closed,
// and what a busy machine needs to notice.
const unwantedAndSome = 4 * time.Second

// always is processor time to spare.
type always struct{}

func (always) Spare() bool     { return true }
func (always) Spend(do func()) { do() }

// TestForeignPicturesFollowTheTile: nobody but the app can make them smaller.
func TestForeignPicturesFollowTheTile(t *testing.T) {
	c := newForeign(t, dialects[0], func(c *foreignCamera) { c.jpeg = grey(t, 640, 480) })
	d := startDesk(t, "", nil, func(cfg *engine.Config) { cfg.Spare = always{} })
	server := serve(t, d)
	r := d.Add("http://" + c.addr + c.path)
	if !r.OK() {
		t.Fatalf("got %+v", r)
	}
	key := r.Keys[0]
	var tile atomic.Int64
	tile.Store(235)
	var last uint64
	showTile(t, server, func() Want { return Want{Key: key, FPS: 10, Width: int(tile.Load())} }, &last)
	d.eventually(t, 5*time.Second, key, cameras.Live)
	for _, tt := range []struct {
		tile int64
		size string
	}{{235, "320x240"}, {640, "640x480"}, {100, "160x120"}, {0, "640x480"}} {
		tile.Store(tt.tile)
		eventually(t, 5*time.Second, fmt.Sprintf("the picture for %d pixels has %s", tt.tile, tt.size), func() bool {
			_, picture := getFrame(t, server, key)
			width, height, ok := mjpeg.Size(picture)
			if !ok {
				t.Fatal("no picture while the size changes")
			}
			return fmt.Sprintf("%dx%d", width, height) == tt.size
		})
		if c := d.camera(key); c.Width != 640 || c.Height != 480 || c.State != cameras.Live {
			t.Errorf("in a tile of %d: %+v", tt.tile, c)
		}
	}
	if asked, most, streams, _ := c.saw(); most != 1 || streams != 1 {
		t.Errorf("asked %v, %d streams, %d at once", asked, streams, most)
	}
}
