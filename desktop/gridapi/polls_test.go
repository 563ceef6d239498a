package gridapi

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/desktop/client"
	"pigrid/shared/api"
	"pigrid/shared/endpoint"
)

// counting counts how often agents are asked for their status.
type counting struct {
	*fakeClient
	flips bool // every other time it says that its cameras have failed
	mu    sync.Mutex
	asked int
}

func (c *counting) Find(ctx context.Context, id string, addresses []endpoint.Endpoint) (client.Found, error) {
	c.mu.Lock()
	c.asked++
	failed := c.flips && c.asked%2 == 1
	c.mu.Unlock()
	found, err := c.fakeClient.Find(ctx, id, addresses)
	found.Status.Cameras = slices.Clone(found.Status.Cameras)
	for i := range found.Status.Cameras {
		if failed {
			found.Status.Cameras[i].State = api.Failed
		}
	}
	return found, err
}

// An agent whose streams failed was asked for its status 34 times in 7 s, and sixty
// of them cost all of a processor.
func TestStreamsThatFailAskTheAgentSeldom(t *testing.T) {
	a := newAgent(t, idA, "Garage", "a", "b", "c", "d", "e", "f", "g", "h")
	for _, flips := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			c := &counting{flips: flips, fakeClient: &fakeClient{agent: a, refusal: &cameras.Failure{Reason: cameras.ReasonEnded}}}
			d := startDesk(t, "", c)
			d.look(t)
			d.search.sighted(a.sighting())
			time.Sleep(3 * time.Second)
			c.mu.Lock()
			before := c.asked
			c.mu.Unlock()
			const span = 60 * time.Second
			time.Sleep(span)
			c.mu.Lock()
			defer c.mu.Unlock()
			t.Logf("asked %d times in %v", c.asked-before, span)
			if n := c.asked - before; n > int(span/(2*time.Second))+1 || n < 10 {
				t.Errorf("asked %d times in %v (its cameras fail every other time: %v)", n, span, flips)
			}
		})
	}
}

// What is announced is asked whether it is an agent, and for nothing else.
func TestOnlyTheStatusIsAskedOfWhatIsAnnounced(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	asked := map[string]bool{}
	router := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		asked[r.Method+" "+r.RequestURI] = true
		_, _ = fmt.Fprintf(w, `{"api":1,"id":%q,"cameras":[{"id":"x","video":"/admin?reboot=1"}]}`, strings.Repeat("9", 8))
	}))
	defer router.Close()
	a := newAgent(t, idA, "Garage", "x")
	d := startDesk(t, "", nil)
	d.look(t)
	s := a.sighting()
	ap := netip.MustParseAddrPort(router.Listener.Addr().String())
	s.Port, s.Addrs = ap.Port(), []netip.Addr{ap.Addr()}
	d.search.sighted(s)
	eventually(t, 5*time.Second, "it was asked", func() bool {
		mu.Lock()
		defer mu.Unlock()
		return len(asked) > 0
	})
	eventually(t, 5*time.Second, "it was asked in vain", func() bool { return d.agent(idA).Failure != nil })
	d.Retry("")
	eventually(t, 5*time.Second, "it was asked again", func() bool { return d.agent(idA).Failure != nil })
	mu.Lock()
	defer mu.Unlock()
	for what := range asked {
		if what != "GET "+api.StatusPath {
			t.Errorf("asked for %s", what)
		}
	}
	if n := len(d.State().Cameras); n != 0 {
		t.Errorf("%d tiles", n)
	}
}
