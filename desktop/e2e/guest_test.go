//go:build linux

package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/desktop/gridapi"
)

// guest asks as the page of a browser does (frontend/src/frames/pull.ts): one question at
// a time for what is new, then for each new picture, over six connections at most.
type guest struct {
	client   *http.Client
	base     string
	pictures *atomic.Int64 // that came whole
	loading  sync.Map      // by camera: one at a time
	seen     map[string]uint64
	state    uint64
	live     atomic.Int64 // cameras, in the state that it was sent last
}

// guests let n of them look at all cameras until the test calls the function that is
// returned.
func guests(t *testing.T, s *serve, fleet []camera, n int, pictures *atomic.Int64) func() {
	t.Helper()
	var all []*guest
	for range n {
		all = append(all, newGuest(t, s, pictures))
	}
	return look(all, fleet)
}

// look lets guests look at cameras until the function is called that is returned.
func look(guests []*guest, fleet []camera) func() {
	ctx, stop := context.WithCancel(context.Background())
	var all sync.WaitGroup
	for _, g := range guests {
		all.Go(func() {
			defer g.client.CloseIdleConnections()
			g.look(ctx, fleet)
		})
	}
	return func() { stop(); all.Wait() }
}

// newGuest logs in.
func newGuest(t *testing.T, s *serve, pictures *atomic.Int64) *guest {
	t.Helper()
	return newGuestAt(t, net127(s.port), s.password, pictures)
}

// newGuestAt is the same with another way to there.
func newGuestAt(t *testing.T, at, password string, pictures *atomic.Int64) *guest {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	g := &guest{
		client: &http.Client{Jar: jar, Transport: &http.Transport{MaxConnsPerHost: 6, MaxIdleConnsPerHost: 6}, Timeout: 10 * time.Second},
		base:   "http://" + at, pictures: pictures, seen: map[string]uint64{},
	}
	g.login(t, password)
	return g
}

func (g *guest) login(t *testing.T, password string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, g.base+"/?key="+password, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", "text/html")
	resp, err := g.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("the login: %s, %v", resp.Status, err)
	}
}

// look pulls until ctx ends.
func (g *guest) look(ctx context.Context, fleet []camera) {
	const (
		interval = 80 * time.Millisecond
		paint    = 16 * time.Millisecond
	)
	var loads sync.WaitGroup
	defer loads.Wait()
	for ctx.Err() == nil {
		begin := time.Now()
		for _, news := range g.ask(ctx, fleet) {
			g.seen[news.Key] = news.Seq
			if _, busy := g.loading.LoadOrStore(news.Key, true); !busy {
				loads.Go(func() { g.load(ctx, news.Key) })
			}
		}
		select {
		case <-time.After(max(paint, interval-time.Since(begin))):
		case <-ctx.Done():
		}
	}
}

// ask returns what is new.
func (g *guest) ask(ctx context.Context, fleet []camera) []gridapi.News {
	q := gridapi.Question{State: g.state}
	for _, c := range fleet {
		q.Want = append(q.Want, gridapi.Want{Key: c.key(), Seq: g.seen[c.key()], FPS: 10})
	}
	body, _ := json.Marshal(q) // numbers and strings
	var a gridapi.Answer
	if data, err := g.do(ctx, http.MethodPost, "/frames", body); err != nil || json.Unmarshal(data, &a) != nil {
		return nil
	}
	g.state = a.Number
	if a.State != nil {
		var live int64
		for _, c := range a.State.Cameras {
			if c.State == cameras.Live {
				live++
			}
		}
		g.live.Store(live)
	}
	return a.News
}

// load loads the newest picture of a camera.
func (g *guest) load(ctx context.Context, key string) {
	defer g.loading.Delete(key)
	data, err := g.do(ctx, http.MethodGet, "/frame?key="+url.QueryEscape(key), nil)
	if err == nil && bytes.HasPrefix(data, []byte{0xFF, 0xD8}) {
		g.pictures.Add(1)
	}
}

func (g *guest) do(ctx context.Context, method, path string, body []byte) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, g.base+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	resp, err := g.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", path, resp.Status)
	}
	return data, err
}
