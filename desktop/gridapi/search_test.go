package gridapi

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/desktop/client"
	"pigrid/desktop/engine"
	"pigrid/shared/dnssd"
	"pigrid/shared/endpoint"
)

// searchDesk is a desk on a /24 without multicast, where agent a is at .2 and b
// at .3.
func searchDesk(t *testing.T, a, b *fakeAgent) (*desk, *[]dnssd.Link) {
	find := func(_ context.Context, id string) (client.Found, error) {
		if id == idB {
			return client.Found{Status: b.status, At: endpoint.HTTP("192.168.1.3:8080")}, nil
		}
		return client.Found{}, &cameras.Failure{Reason: cameras.ReasonUnreachable}
	}
	links := &[]dnssd.Link{{
		Interface: net.Interface{Name: "wlan0", Flags: net.FlagUp | net.FlagRunning},
		Prefixes:  []netip.Prefix{netip.MustParsePrefix("192.168.1.20/24")},
	}}
	sweeper := &client.Sweeper{
		Links: func() ([]dnssd.Link, error) {
			if *links == nil {
				return nil, errors.New("netlink")
			}
			return *links, nil
		},
		Ask: func(ctx context.Context, at endpoint.Endpoint) (client.Found, error) {
			addr := at.Addr
			switch addr {
			case "192.168.1.2:8080":
				return client.Found{Status: a.status, At: endpoint.HTTP(addr)}, nil
			case "192.168.1.3:8080":
				return client.Found{Status: b.status, At: endpoint.HTTP(addr)}, nil
			}
			select {
			case <-time.After(300 * time.Millisecond):
			case <-ctx.Done():
			}
			return client.Found{}, &cameras.Failure{Reason: cameras.ReasonTimeout}
		},
	}
	d := startDesk(t, "", &fakeClient{agent: a, others: find}, func(cfg *engine.Config) { cfg.Sweeper = sweeper })
	return d, links
}

func TestSearchFindsAgentsWithoutMulticast(t *testing.T) {
	a, b := newAgent(t, idA, "Garage", "x"), newAgent(t, idB, "Porch", "x", "y")
	synctest.Test(t, func(t *testing.T) {
		d, _ := searchDesk(t, a, b)
		if s := d.State().Search; s.Running || s.Total != 0 || s.Networks == nil {
			t.Fatalf("before: %+v", s)
		}
		d.Search()
		d.Search() // one at a time
		if s := d.State().Search; !s.Running || s.Total != 254 || s.Done == 254 || !slices.Equal(s.Networks, []string{"192.168.1.0/24"}) {
			t.Fatalf("begun: %+v", s)
		}
		time.Sleep(700 * time.Millisecond)
		if s := d.State().Search; !s.Running || s.Done < 100 || s.Done > 200 || s.Found != 3 {
			t.Errorf("in the middle: %+v", s)
		}
		if n := len(d.State().Cameras); n != 3 {
			t.Errorf("%d tiles before the search is over", n)
		}
		time.Sleep(time.Second)
		if s := d.State().Search; s.Running || s.Done != 254 || s.Found != 3 || s.Answered != 2 || s.Stopped {
			t.Errorf("over: %+v", s)
		}
		if c := d.camera(cameras.Key(idB, "y")); c.Address != "192.168.1.3:8080" || c.Added {
			t.Errorf("got %+v", c)
		}
		d.Search()
		time.Sleep(2 * time.Second)
		if s := d.State().Search; s.Found != 0 || s.Answered != 2 {
			t.Errorf("again: %+v", s)
		}
		d.Forget(cameras.Key(idB, "x"))
		d.Forget(cameras.Key(idB, "y"))
		d.Search()
		time.Sleep(2 * time.Second)
		if n := len(d.State().Cameras); n != 1 {
			t.Errorf("%d tiles: what was forgotten came back", n)
		}
		if d.agent(idB).ID != "" {
			t.Error("what was forgotten is asked again and again")
		}
	})
}

func TestSearchIsStopped(t *testing.T) {
	a, b := newAgent(t, idA, "Garage", "x"), newAgent(t, idB, "Porch", "x")
	synctest.Test(t, func(t *testing.T) {
		d, _ := searchDesk(t, a, b)
		d.StopSearch() // none is running
		d.Search()
		time.Sleep(400 * time.Millisecond)
		d.StopSearch()
		synctest.Wait()
		if s := d.State().Search; s.Running || !s.Stopped || s.Done >= 254 {
			t.Errorf("stopped: %+v", s)
		}
		d.Search()
		time.Sleep(2 * time.Second)
		if s := d.State().Search; s.Stopped || s.Done != 254 {
			t.Errorf("again: %+v", s)
		}
	})
}

func TestSearchWithoutNetwork(t *testing.T) {
	a, b := newAgent(t, idA, "Garage", "x"), newAgent(t, idB, "Porch", "x")
	synctest.Test(t, func(t *testing.T) {
		d, links := searchDesk(t, a, b)
		for want, l := range map[string][]dnssd.Link{"no-network": {}, "netlink": nil} {
			*links = l
			d.Search()
			if s := d.State().Search; s.Running || s.Problem != want || s.Networks == nil {
				t.Errorf("%+v, want %s", s, want)
			}
		}
	})
}
