package app

import (
	"net"
	"net/url"
	"slices"
	"strings"

	"pigrid/desktop/cameras"
	"pigrid/desktop/feed"
	"pigrid/desktop/settings"
)

// usual is where known programs and cameras serve MJPEG, commonest first.
func usual(t typed) []feed.Target {
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
		target := feed.Target{Addr: t.at(p.port), Path: p.path, Foreign: true, Login: t.login}
		if where := target.Addr + target.Path; !seen[where] {
			seen[where] = true
			targets = append(targets, target)
		}
	}
	return targets
}

// addForeign looks for a camera without an agent at the usual places of a host
// that has no agent. It reports whether that says more than the agent's silence.
func (e *Engine) addForeign(t typed, noAgent *cameras.Failure) (AddResult, bool) {
	targets := placesBeside(t, noAgent)
	if len(targets) == 0 {
		return AddResult{}, false
	}
	ctx, leave := e.alone()
	defer leave()
	sameHost := func(address string) bool { return hostOf(address) == hostOf(t.address) }
	if key := e.foreignAt(sameHost); key != "" && !t.ported {
		return e.again(ctx, key, t), true
	}
	connection, failure := e.try(ctx, targets)
	if failure == nil {
		return e.adopt(t, connection), true
	}
	if saysNo(noAgent) {
		return AddResult{}, false
	}
	switch failure.Reason {
	case cameras.ReasonUnauthorized, cameras.ReasonForbidden, cameras.ReasonBusy, cameras.ReasonNoFrames:
		return AddResult{Keys: []string{}, Reason: failure.Reason, Address: t.address, Detail: failure.Detail}, true
	default:
		return AddResult{}, false
	}
}

// placesBeside lists the usual places that are worth a try where an agent does
// not answer for this reason.
func placesBeside(t typed, noAgent *cameras.Failure) []feed.Target {
	switch {
	case noAgent.Reason == cameras.ReasonTimeout, // a firewall may swallow what is sent to that port, and to no other
		saysNo(noAgent):
		return slices.DeleteFunc(usual(t), func(target feed.Target) bool { return target.Addr == t.address })
	case noAgent.Reason == cameras.ReasonUnreachable, noAgent.Reason == cameras.ReasonNotLocal: // so is every other port
		return nil
	default:
		return usual(t)
	}
}

// saysNo reports whether an agent may have answered, and does not let this
// computer in. What another port of its host says tells less.
func saysNo(f *cameras.Failure) bool {
	switch f.Reason {
	case cameras.ReasonForbidden, cameras.ReasonWrongHost, cameras.ReasonBusy:
		return true
	default:
		return false
	}
}

// addURL adds the stream at a URL. It is opened once: that connection is the one
// that the tile goes on with.
func (e *Engine) addURL(t typed) AddResult {
	ctx, leave := e.alone()
	defer leave()
	target := feed.Target{Addr: t.at("80"), Path: withQuery(t.path, t.query), Foreign: true, Login: t.login}
	where := urlOf(target)
	if len(where) > settings.MaxURL {
		return AddResult{Keys: []string{}, Reason: cameras.ReasonBadAddress, Detail: "the address is too long to be kept"}
	}
	if key := cameras.ForeignKey(where); e.hasCamera(key) {
		return e.again(ctx, key, t)
	}
	connection, failure := e.try(ctx, []feed.Target{target})
	if failure != nil {
		return AddResult{Keys: []string{}, Reason: reasonOfURL(failure), Address: where, Detail: failure.Detail}
	}
	if connection.OfAgent() {
		if found, failure := e.ask(target.Addr); failure == nil {
			connection.Close()
			return e.addFound(target.Addr, found)
		}
	}
	return e.adopt(t, connection)
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
func (e *Engine) adopt(t typed, connection *feed.Connection) AddResult {
	target := connection.Target()
	where := urlOf(target)
	c := cameras.Camera{
		Key: cameras.ForeignKey(where), URL: where, Login: t.login != nil, Asks: target.Asks, Added: true,
		Addresses: []string{target.Addr}, Name: e.foreignName(target),
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.feeds[c.Key] != nil || !e.registry.Add(c) {
		connection.Close()
		if e.feeds[c.Key] == nil {
			return full(where)
		}
	} else {
		e.keepLogin(c.Key, t.login)
		e.startFeed(c, connection).SetTarget(target)
	}
	return AddResult{OK: true, Keys: []string{c.Key}, Address: where}
}

// urlOf is how a stream is remembered; a zone is escaped (RFC 6874).
func urlOf(t feed.Target) string {
	return "http://" + strings.ReplaceAll(t.Addr, "%", "%25") + t.Path
}

// foreignName is the host, and the path as well when another camera has that name.
func (e *Engine) foreignName(t feed.Target) string {
	host := hostOf(t.Addr)
	for _, c := range e.registry.List() {
		if c.Name == host {
			return host + t.Path
		}
	}
	return host
}

// foreignAt returns the key of a known camera without an agent whose host:port
// is meant, "" for none: a second connection could push the first one out.
func (e *Engine) foreignAt(meant func(address string) bool) string {
	for _, c := range e.registry.List() {
		if u, err := url.Parse(c.URL); c.URL != "" && err == nil && meant(u.Host) {
			return c.Key
		}
	}
	return ""
}

func hostOf(address string) string {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return address
	}
	return host
}

// hasCamera reports whether there is a camera of this key.
func (e *Engine) hasCamera(key string) bool {
	_, ok := e.registry.Get(key)
	return ok
}
