package discovery

import (
	"context"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	"pigrid/shared/dnssd"
)

// browseFunc asks for agents on some interfaces and calls found for every
// answer, from one goroutine, until ctx ends or so much was heard that a new
// round should begin. It returns once it listens; wait
// returns when found will not be called again and all sockets are closed.
type browseFunc func(ctx context.Context, on []net.Interface, found func(dnssd.Answer)) (wait func(), err error)

// rounds starts one round after the other.
type rounds struct {
	d    *Discovery
	wg   *sync.WaitGroup
	on   []dnssd.Link // interfaces of the newest round
	stop func()       // ends the newest round
}

// start opens a round on the interfaces of the moment. The one before goes on
// listening for the overlap, and for good when the new one cannot be opened.
func (r *rounds) start(ctx context.Context) {
	links, err := r.d.links()
	if err != nil {
		r.fail(err.Error())
		return
	}
	on := choose(links)
	r.note(on)
	if len(on) == 0 {
		r.stop()
		r.fail(NoNetwork)
		return
	}
	ctx, cancel := context.WithCancel(ctx)
	v := r.d.vantage(on)
	wait, err := r.d.browse(ctx, interfaces(on), func(a dnssd.Answer) { r.d.heard(a, v) })
	if err != nil {
		cancel()
		r.fail(err.Error())
		return
	}
	r.wg.Go(func() {
		wait()
		if ctx.Err() == nil { // it ended by itself: it heard too much
			r.d.Refresh()
		}
	})
	time.AfterFunc(overlap, r.stop)
	r.stop = cancel
	r.d.report(status{running: true, interfaces: names(on)})
}

// stale reports whether the interfaces are others than the newest round's.
func (r *rounds) stale() bool {
	links, err := r.d.links()
	return err == nil && !slices.EqualFunc(choose(links), r.on, dnssd.Link.Equal)
}

// note logs the interfaces when they are others than before.
func (r *rounds) note(on []dnssd.Link) {
	if slices.EqualFunc(on, r.on, dnssd.Link.Equal) {
		return
	}
	r.on = on
	if len(on) > 0 {
		r.d.log.Info("searching for agents", "interfaces", strings.Join(names(on), ", "))
	}
}

func (r *rounds) fail(problem string) {
	r.d.mu.Lock()
	repeated := r.d.status.problem == problem
	r.d.mu.Unlock()
	if !repeated {
		r.d.log.Warn("cannot search for agents", "problem", problem)
	}
	r.d.report(status{interfaces: names(r.on), problem: problem})
}

// heard checks an answer and passes it on.
func (d *Discovery) heard(a dnssd.Answer, v dnssd.Vantage) {
	s, err := a.Sighting(v, time.Now())
	if err != nil {
		d.log.Debug("mDNS answer ignored", "error", err)
		return
	}
	d.inbox.put(s)
}

// vantage is what a round on these links may believe. With one link the zone of
// a link-local address is known; with several zeroconf does not tell.
func (d *Discovery) vantage(on []dnssd.Link) dnssd.Vantage {
	own, err := d.own()
	if err != nil {
		own = nil // private addresses are believed all the same
	}
	v := dnssd.Vantage{Own: own}
	if len(on) == 1 {
		v.Zone, v.Loopback = on[0].Name, on[0].Loopback()
	}
	return v
}

// choose picks the interfaces to search on: every one with IPv4 that other
// machines can be behind, else loopback, so that an agent on the same machine
// is found without any network. Bridges of containers lead to no other machine,
// and their addresses exist on many.
func choose(links []dnssd.Link) []dnssd.Link {
	var on, loopback []dnssd.Link
	for _, l := range links {
		switch {
		case l.Multicast() && l.IPv4() && !l.Virtual():
			on = append(on, l)
		case l.Loopback():
			loopback = append(loopback, l)
		}
	}
	if len(on) == 0 {
		return loopback[:min(1, len(loopback))]
	}
	return on
}

func interfaces(links []dnssd.Link) []net.Interface {
	out := make([]net.Interface, 0, len(links))
	for _, l := range links {
		out = append(out, l.Interface)
	}
	return out
}

func names(links []dnssd.Link) []string {
	out := make([]string, 0, len(links))
	for _, l := range links {
		out = append(out, l.String())
	}
	return out
}
