package adding

import (
	"context"
	"net"
	"net/url"
	"slices"

	"pigrid/desktop/cameras"
	"pigrid/desktop/feed"
	"pigrid/shared/endpoint"
)

// usualPaths is where known programs and cameras serve MJPEG, commonest first.
func usualPaths(t typed) []feed.Target {
	places := []struct{ port, path string }{
		{"8080", "/?action=stream"}, // mjpg-streamer
		{"8080", "/stream"},         // µStreamer
		{"8080", "/video"},          // IP Webcam
		{"80", "/webcam/?action=stream"},
		{"80", "/axis-cgi/mjpg/video.cgi"},
		{"80", "/mjpg/video.mjpg"},
		{"80", "/stream"},
		{"80", "/video"},
		{"80", "/?action=stream"},
		{"81", "/stream"}, // ESP32-CAM
		{"8081", "/"},     // motion
	}
	var targets []feed.Target
	seen := map[string]bool{}
	for _, p := range places {
		target := feed.Target{Endpoint: endpoint.HTTP(t.at(p.port)).With(t.login), Path: p.path, Foreign: true}
		if where := target.Addr + target.Path; !seen[where] {
			seen[where] = true
			targets = append(targets, target)
		}
	}
	return targets
}

// addForeign looks for a camera without an agent at the usual places of a host
// that has no agent. It reports whether that says more than the agent's silence.
func (a *Adder) addForeign(ctx context.Context, t typed, noAgent *cameras.Failure) (Result, bool) {
	targets := placesBeside(t, noAgent)
	if len(targets) == 0 {
		return Result{}, false
	}
	sameHost := func(address string) bool { return hostOf(address) == hostOf(t.address) }
	if c, known := a.at(sameHost); known && !t.ported {
		return a.login(ctx, c, t), true
	}
	connection, failure := a.try(ctx, targets)
	if failure == nil {
		return a.adopt(t, connection), true
	}
	if saysNo(noAgent) {
		return Result{}, false
	}
	switch failure.Reason {
	case cameras.ReasonUnauthorized, cameras.ReasonForbidden, cameras.ReasonBusy, cameras.ReasonNoFrames:
		return Result{Reason: failure.Reason, Address: t.address, Detail: failure.Detail}, true
	default:
		return Result{}, false
	}
}

// placesBeside lists the usual places that are worth a try where an agent does
// not answer for this reason.
func placesBeside(t typed, noAgent *cameras.Failure) []feed.Target {
	switch {
	case noAgent.Reason == cameras.ReasonTimeout, // a firewall may swallow what is sent to that port, and to no other
		saysNo(noAgent):
		return slices.DeleteFunc(usualPaths(t), func(target feed.Target) bool { return target.Addr == t.address })
	case noAgent.Reason == cameras.ReasonUnreachable, noAgent.Reason == cameras.ReasonNotLocal: // so is every other port
		return nil
	default:
		return usualPaths(t)
	}
}

// saysNo reports whether an agent may have answered, and denies access to this
// computer. What another port of its host says tells less.
func saysNo(f *cameras.Failure) bool {
	switch f.Reason {
	case cameras.ReasonForbidden, cameras.ReasonWrongHost, cameras.ReasonBusy:
		return true
	default:
		return false
	}
}

// reasonOfURL is why there is no stream at a URL.
func reasonOfURL(f *cameras.Failure) cameras.Reason {
	switch {
	case f.Status == 503:
		return cameras.ReasonBusy // most serve a single viewer
	case f.Reason == cameras.ReasonCamera, f.Reason == cameras.ReasonBadStream, f.Reason == cameras.ReasonNotPigrid:
		return cameras.ReasonNoStream
	}
	return f.Reason
}

// adopt makes a camera of a connection.
func (a *Adder) adopt(t typed, connection *feed.Connection) Result {
	target := connection.Target()
	where := target.URL(target.Path)
	c := cameras.Camera{
		Key: cameras.ForeignKey(where), URL: where, Login: t.login != nil, Asks: target.Asks, Added: true,
		Addresses: []string{target.Addr}, Name: a.nameOf(target),
	}
	if !a.grid.Adopt(c, connection, t.login) {
		return full(where)
	}
	return Result{Keys: []string{c.Key}, Address: where}
}

// nameOf is the host, and the path as well when another camera has that name.
func (a *Adder) nameOf(t feed.Target) string {
	host := hostOf(t.Addr)
	if _, taken := a.grid.Lookup(func(c cameras.Camera) bool { return c.Name == host }); taken {
		return host + t.Path
	}
	return host
}

// at returns a known camera without an agent whose host:port matches: a second
// connection could push the first one out.
func (a *Adder) at(match func(address string) bool) (cameras.Camera, bool) {
	return a.grid.Lookup(func(c cameras.Camera) bool {
		u, err := url.Parse(c.URL)
		return c.URL != "" && err == nil && match(u.Host)
	})
}

func hostOf(address string) string {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return address
	}
	return host
}
