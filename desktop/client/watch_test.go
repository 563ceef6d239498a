package client

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/shared/api"
	"pigrid/shared/endpoint"
)

// watched is a running Watch on a fake agent.
type watched struct {
	*Watch
	t  *testing.T
	mu sync.Mutex

	answer  Found
	failure error
	asked   [][]string
	reports []Report
	at      []time.Duration
}

// startWatch runs a Watch inside a synctest bubble until the test ends. The fake
// agent answers at one address, or fails.
func startWatch(t *testing.T, answers string, failure error, addresses ...string) *watched {
	w := &watched{t: t}
	w.set(answers, failure)
	begin := time.Now()
	w.Watch = NewWatch(WatchConfig{
		ID: "me", Addresses: addresses, Logger: slog.New(slog.DiscardHandler), Failing: func() int { return 1 },
		Find: func(_ context.Context, _ string, addresses []endpoint.Endpoint) (Found, error) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.asked = append(w.asked, addrs(addresses))
			return w.answer, w.failure
		},
		Report: func(r Report) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.reports = append(w.reports, r)
			w.at = append(w.at, time.Since(begin))
		},
	})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); w.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
	return w
}

// set makes the fake agent answer at an address, or fail.
func (w *watched) set(address string, failure error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.answer, w.failure = Found{At: endpoint.HTTP(address), Status: api.Status{API: 1, ID: "me", Cameras: []api.Camera{{}}}}, failure
}

// after lets time pass and returns the reports since the last call.
func (w *watched) after(d time.Duration) []Report {
	time.Sleep(d)
	synctest.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	r := w.reports
	w.reports = nil
	return r
}

func TestWatchAsksAgainAndAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := startWatch(t, "a:1", nil, "a:1")
		first := w.after(0)
		if len(first) != 1 || !first[0].Back || first[0].Failure != nil {
			t.Fatalf("first: %+v", first)
		}
		if later := w.after(time.Minute); len(later) < 10 || len(later) > 14 || later[0].Back {
			t.Errorf("%d reports in a minute, back: %v", len(later), later[0].Back)
		}
	})
}

func TestWatchBacksOffAndComesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		refused := &cameras.Failure{Reason: cameras.ReasonRefused}
		w := startWatch(t, "", refused, "a:1")
		got := w.after(60 * time.Second)
		if len(got) < 11 || len(got) > 20 {
			t.Errorf("%d attempts in a minute", len(got))
		}
		for _, r := range got {
			if r.Failure != refused || r.Since != got[0].Since || !r.RetryAt.After(r.Since) {
				t.Fatalf("got %+v", r)
			}
		}
		w.set("a:1", nil)
		if back := w.after(7 * time.Second); len(back) == 0 || !back[0].Back {
			t.Errorf("came back: %+v", back)
		}
	})
}

func TestWatchAsksOftenWhileAnAgentStarts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := startWatch(t, "a:1", nil, "a:1")
		w.mu.Lock()
		w.answer.Status.Cameras = nil
		w.mu.Unlock()
		got := w.after(9500 * time.Millisecond)
		if len(got) != 10 || !got[0].Starting || !got[9].Starting {
			t.Fatalf("%d reports: %+v", len(got), got)
		}
		got = w.after(time.Minute)
		if len(got) > 15 || got[1].Starting {
			t.Errorf("%d reports a minute later, starting: %v", len(got), got[1].Starting)
		}
	})
}

func TestOnlyAgentsThatExistAreMissedInTheLog(t *testing.T) {
	for name, missed := range map[string]func(*Watch){
		"heard of": nil,
		"kept":     func(w *Watch) { w.Keep("a:1") },
		"answered": func(w *Watch) { w.prefer("a:1") },
	} {
		synctest.Test(t, func(t *testing.T) {
			var log bytes.Buffer
			w := NewWatch(WatchConfig{
				ID: "me", Addresses: []string{"a:1"}, Logger: slog.New(slog.NewTextHandler(&log, nil)), Failing: func() int { return 1 },
				Find:   func(context.Context, string, []endpoint.Endpoint) (Found, error) { return Found{}, &cameras.Failure{} },
				Report: func(Report) {},
			})
			if missed != nil {
				missed(w)
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			w.Run(ctx)
			want := 1
			if missed == nil {
				want = 0
			}
			if got := strings.Count(log.String(), "does not answer"); got != want {
				t.Errorf("%s: said %d times, want %d", name, got, want)
			}
		})
	}
}

// TestWatchIsLeftAloneForAsLongAsItSaid: what was asked for while the question was
// on its way is answered by that.
func TestWatchIsLeftAloneForAsLongAsItSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		var w *Watch
		w = NewWatch(WatchConfig{
			ID: "me", Addresses: []string{"a:1"}, Logger: slog.New(slog.DiscardHandler), Failing: func() int { return 1 },
			Find: func(context.Context, string, []endpoint.Endpoint) (Found, error) {
				if asked++; asked < 5 {
					w.Poke()
				}
				return Found{}, &cameras.Failure{Reason: cameras.ReasonBusy, Status: 429, RetryAfter: time.Minute}
			},
			Report: func(Report) {},
		})
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Second)
		defer cancel()
		w.Run(ctx)
		if asked != 1 {
			t.Errorf("asked %d times in 50 s", asked)
		}
	})
}

func TestWatchPokeAsksAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := startWatch(t, "a:1", nil, "a:1")
		w.after(0)
		w.Poke()
		if got := w.after(0); len(got) != 1 {
			t.Errorf("%d reports", len(got))
		}
	})
}

func TestWatchPrefersTheAddressThatAnswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := startWatch(t, "b:1", nil, "a:1", "b:1")
		w.after(0)
		w.Meet("c:1")
		w.Poke()
		w.after(0)
		w.mu.Lock()
		defer w.mu.Unlock()
		if want := []string{"b:1", "c:1", "a:1"}; !slices.Equal(w.asked[1], want) {
			t.Errorf("asked %v, want %v", w.asked[1], want)
		}
	})
}

func TestWatchAsksSoonAtANewAddress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := startWatch(t, "a:1", nil, "a:1")
		w.after(3 * time.Second)
		w.Meet("a:1")
		if got := w.after(0); len(got) != 0 {
			t.Error("asked because of an address that was known")
		}
		w.Meet("b:1")
		if got := w.after(0); len(got) != 1 {
			t.Errorf("%d questions at once", len(got))
		}
		w.Meet("c:1")
		if got := w.after(hintEvery - time.Millisecond); len(got) != 0 {
			t.Errorf("%d questions too early", len(got))
		}
		if got := w.after(time.Millisecond); len(got) != 1 {
			t.Errorf("%d questions after %v", len(got), hintEvery)
		}
	})
}

func TestForgedAddressesMakeNoStormOfQuestions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := startWatch(t, "a:1", nil, "a:1")
		asked := 0
		for i := range 600 { // ten times a second for a minute
			w.Meet(fmt.Sprintf("10.0.%d.%d:1", i/250, i%250))
			asked += len(w.after(100 * time.Millisecond))
		}
		if asked > int(time.Minute/hintEvery)+1 {
			t.Errorf("asked %d times in a minute", asked)
		}
	})
}

// An agent whose streams fail was asked five times a second.
func TestStreamsThatFailMakeNoStormOfQuestions(t *testing.T) {
	for name, failure := range map[string]error{"answers": nil, "does not": &cameras.Failure{Reason: cameras.ReasonRefused}} {
		synctest.Test(t, func(t *testing.T) {
			w := startWatch(t, "a:1", failure, "a:1")
			asked := 0
			for range 600 {
				w.Nudge()
				asked += len(w.after(100 * time.Millisecond))
			}
			if asked > int(time.Minute/hintEvery)+2 || asked < 20 { // one more that is due in the first second
				t.Errorf("%s: asked %d times in a minute", name, asked)
			}
			w.after(hintEvery + time.Second)
			w.Nudge()
			if got := w.after(0); failure == nil && len(got) != 1 {
				t.Errorf("%d questions at once after a pause", len(got))
			}
		})
	}
}

func TestWatchKeepsFewAddresses(t *testing.T) {
	w := NewWatch(WatchConfig{Addresses: []string{"a:1"}})
	for i := range 50 {
		w.Meet(fmt.Sprintf("10.0.0.%d:1", i))
	}
	if got := w.Addresses(); len(got) != maxAddresses || got[0] != "10.0.0.49:1" {
		t.Errorf("got %v", got)
	}
}

func TestSightingsPushOutNoGoodAddress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := startWatch(t, "good:1", nil, "good:1")
		w.after(0)
		w.Keep("typed:1", "typed:2")
		for round := range 3 {
			var wrong []string
			for i := range maxAddresses {
				wrong = append(wrong, fmt.Sprintf("wrong:%d%d", round, i))
			}
			w.Meet(wrong...)
			got := w.Addresses()
			if want := []string{"good:1", "typed:1", "typed:2", wrong[0]}; len(got) != maxAddresses || !slices.Equal(got[:4], want) {
				t.Errorf("got %v", got)
			}
		}
	})
}

func TestKeptAddressesLeaveRoom(t *testing.T) {
	w := NewWatch(WatchConfig{})
	for i := range 20 {
		w.Keep(fmt.Sprintf("typed:%d", i))
	}
	w.Meet("new:1")
	if got, want := w.Addresses()[:4], []string{"typed:19", "typed:18", "typed:17", "new:1"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestWatchInRealTime(t *testing.T) {
	up := make(chan string, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(goodStatus))
	}))
	defer server.Close()
	w := NewWatch(WatchConfig{
		ID: "0a1b", Addresses: []string{server.Listener.Addr().String()}, Find: NewClient().Find,
		Failing: func() int { return 0 }, Logger: slog.New(slog.DiscardHandler),
		Report: func(r Report) {
			select {
			case up <- r.Found.Status.ID:
			default:
			}
		},
	})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); w.Run(ctx) }()
	if id := <-up; id != "0a1b" {
		t.Errorf("agent %q answered", id)
	}
	cancel()
	<-done
}

// addrs undoes [endpoint.All].
func addrs(at []endpoint.Endpoint) (list []string) {
	for _, e := range at {
		list = append(list, e.Addr)
	}
	return list
}
