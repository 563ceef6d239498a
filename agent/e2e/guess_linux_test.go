package e2e

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pigrid/shared/api"
	"pigrid/shared/household"
)

const (
	// guesses are sent by so many connections of one address, which the agent answers
	// 100 times a second: a minute and a half.
	guesses  = 10_000
	guessers = 48
)

// clientAt is a client whose address is another one of this machine.
func clientAt(t *testing.T, addr string) *http.Client {
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(addr)}, Timeout: 5 * time.Second}
	tr := &http.Transport{DialContext: d.DialContext, MaxIdleConnsPerHost: guessers}
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{
		Transport: tr, Timeout: 15 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// loginAs is one of the ways to log in with a view password.
func loginAs(ctx context.Context, base string, way int, password string) *http.Request {
	method, path, body := http.MethodGet, "/snapshot.jpg?settle=0", ""
	switch way % 4 {
	case 0:
		path = api.StatusPath
	case 1:
		path += "&key=" + password
	case 2:
		method, path, body = http.MethodPost, "/login", url.Values{"password": {password}}.Encode()
	}
	r, err := http.NewRequestWithContext(ctx, method, base+path, strings.NewReader(body))
	if err != nil {
		panic(err)
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	} else if way%4 != 1 {
		r.SetBasicAuth("x", password)
	}
	return r
}

// tally counts answers by status; those that never came as 0.
type tally struct {
	mu sync.Mutex
	of map[int]int
}

func (c *tally) ask(client *http.Client, r *http.Request) int {
	status := 0
	if answer, err := client.Do(r); err == nil {
		_, _ = io.Copy(io.Discard, answer.Body)
		answer.Body.Close()
		status = answer.StatusCode
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.of == nil {
		c.of = map[int]int{}
	}
	c.of[status]++
	return status
}

// TestTenThousandWrongPasswords: one address sends them as fast as the agent answers, in
// every way to log in. All but a few are refused as too many. Right ones from there, and
// from elsewhere, pass all the time.
func TestTenThousandWrongPasswords(t *testing.T) {
	t.Parallel()
	o := lockedAgent(t)
	there := clientAt(t, hostile)
	var wrong, right tally
	var left atomic.Int64
	left.Store(guesses)
	begin := time.Now()
	var all sync.WaitGroup
	for range guessers {
		all.Go(func() {
			for n := left.Add(-1); n >= 0; n = left.Add(-1) {
				wrong.ask(there, loginAs(t.Context(), o.url, int(n), household.NewViewPassword().Reveal()))
			}
		})
	}
	elsewhere := clientAt(t, "127.0.0.67")
	for way := 0; left.Load() > 0; way++ {
		for name, from := range map[string]*http.Client{"there": there, "elsewhere": elsewhere} {
			want := map[bool]int{false: http.StatusOK, true: http.StatusSeeOther}[way%4 == 2] // the page
			if got := right.ask(from, loginAs(t.Context(), o.url, way, o.view.Reveal())); got != want {
				t.Errorf("a right one from %s, way %d, with %d left: %d", name, way%4, left.Load(), got)
			}
		}
		pass(200 * time.Millisecond)
	}
	all.Wait()
	took := time.Since(begin)
	tried := 5 + int(took/(2*time.Second)) + 1
	t.Logf("in %v: wrong %v, right %v, peak %d MiB", took, wrong.of, right.of, o.peak(t)>>10)
	if n := wrong.of[http.StatusUnauthorized]; n > tried || n+wrong.of[http.StatusTooManyRequests] != guesses {
		t.Errorf("wrong ones: %v", wrong.of)
	}
	if n := right.of[http.StatusOK] + right.of[http.StatusSeeOther]; n < 20 {
		t.Errorf("only %d right ones were sent", n)
	}
	if peak := o.peak(t); peak > mostMemory {
		t.Errorf("the agent took %d MiB", peak>>10)
	}
}
