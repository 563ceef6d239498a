package e2e

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync"
	"testing"
	"time"

	"pigrid/agent/camera/fakecam"
	"pigrid/shared/api"
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
