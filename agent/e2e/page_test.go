package e2e

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"pigrid/agent/capture/fakecam"
	"pigrid/shared/api"
	"pigrid/shared/mjpeg"
)

// asked counts what a browser asks an agent for, by path.
type asked struct {
	url   string
	mu    sync.Mutex
	paths map[string]int
	more  chan struct{} // has room for one: something was asked since the last look
}

// between stands between a browser and an agent, so that a test sees what is
// asked. around may be nil; it answers in the agent's place or calls next.
func between(t *testing.T, a *agent, around func(w http.ResponseWriter, r *http.Request, next http.Handler)) *asked {
	t.Helper()
	target, err := url.Parse(a.url)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(target)
	transport := &http.Transport{}
	proxy.Transport, proxy.FlushInterval = transport, -1
	n := &asked{paths: map[string]int{}, more: make(chan struct{}, 1)}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n.mu.Lock()
		n.paths[r.URL.Path]++
		n.mu.Unlock()
		select {
		case n.more <- struct{}{}:
		default:
		}
		if around != nil {
			around(w, r, proxy)
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	n.url = server.URL
	t.Cleanup(func() { server.CloseClientConnections(); server.Close(); transport.CloseIdleConnections() })
	return n
}

func (n *asked) of(path string) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.paths[path]
}

// await waits until a path was asked for so many times.
func (n *asked) await(t *testing.T, path string, times int) {
	t.Helper()
	for late := time.After(90 * time.Second); n.of(path) < times; {
		select {
		case <-n.more:
		case <-late:
			t.Fatalf("%s was asked for %d times in 90 s, want %d", path, n.of(path), times)
		}
	}
}

// TestPageReloadsOnlyThePictureThatFailed: where one viewer too many is refused,
// the page tries again and again, but cuts no stream that works.
func TestPageReloadsOnlyThePictureThatFailed(t *testing.T) {
	t.Parallel()
	env, _ := withCamera(t)
	// At this rate the recording of ten pictures stands at another one at each look.
	a := start(t, append(env, fakecam.CamerasEnv+"=2"), "--max-viewers", "1", "--framerate", "7")
	a.awaitAll(t, "both cameras are found", func(all []api.Camera) bool { return len(all) == 2 })
	n := between(t, a, nil)
	b := openBrowser(t)
	b.call(t, http.MethodPost, "/url", map[string]any{"url": n.url + "/"})
	n.await(t, api.StatusPath, 8)
	one, other := n.of("/cameras/imx708/video"), n.of("/cameras/imx219/video")
	if min(one, other) != 1 || max(one, other) < 4 {
		t.Errorf("the streams were asked for %d and %d times, want the one that works once and the other again and again", one, other)
	}
}

// TestPageLeavesACameraAloneThatSeesTheSame: a picture that never changes is
// what that camera sees, and its stream works.
func TestPageLeavesACameraAloneThatSeesTheSame(t *testing.T) {
	t.Parallel()
	first, _, err := mjpeg.NewScanner(bytes.NewReader(fakecam.Frames()), nil).Next()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "same.jpg")
	if err := os.WriteFile(file, first, 0o600); err != nil {
		t.Fatal(err)
	}
	a := start(t, nil, "--source", `exec:sh -c "while cat `+file+`; do sleep 0.1; done"`, "--framerate", "10")
	for _, browser := range []string{"Chromium", "Firefox"} {
		t.Run(browser, func(t *testing.T) {
			n := between(t, a, nil)
			show(t, newScreen(t), browser, n.url+"/")
			n.await(t, "/cameras/exec/snapshot.jpg", 2) // it looked twice whether this is right
			if streams := n.of("/cameras/exec/video"); streams != 1 {
				t.Errorf("the stream was asked for %d times, want once", streams)
			}
		})
	}
}

// TestPageNoticesAStreamThatStopped although its connection stays open, and the
// agent knows nothing of it.
func TestPageNoticesAStreamThatStopped(t *testing.T) {
	t.Parallel()
	const stream = "/cameras/pattern/video"
	a := start(t, nil, "--source", "pattern")
	var once sync.Once
	n := between(t, a, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		first := false
		if r.URL.Path == stream {
			once.Do(func() { first = true })
		}
		if first {
			w = &stopping{ResponseWriter: w, left: 20}
		}
		next.ServeHTTP(w, r)
	})
	b := openBrowser(t)
	b.call(t, http.MethodPost, "/url", map[string]any{"url": n.url + "/"})
	n.await(t, stream, 2)
}

// stopping hands on so many writes and drops the others.
type stopping struct {
	http.ResponseWriter
	left int
}

func (s *stopping) Write(b []byte) (int, error) {
	if s.left--; s.left < 0 {
		return len(b), nil
	}
	return s.ResponseWriter.Write(b)
}

func (s *stopping) Unwrap() http.ResponseWriter { return s.ResponseWriter }
