package app

import (
	"context"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"pigrid/desktop/agents"
	"pigrid/desktop/cameras"
	"pigrid/desktop/feed"
	"pigrid/desktop/settings"
)

// tryLimit is how long all the usual places together may take.
const tryLimit = 20 * time.Second

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

// alone ends what is being tried, and waits for its end: a person typed something
// else, and many cameras serve a single viewer. Nothing else is tried until leave
// is called; ctx ends when the next one wants to.
func (e *Engine) alone() (ctx context.Context, leave func()) {
	e.mu.Lock()
	if e.stopTry != nil {
		e.stopTry()
	}
	e.mu.Unlock()
	e.adding.Lock()
	ctx, cancel := context.WithCancel(e.ctx)
	e.mu.Lock()
	e.stopTry = cancel
	e.mu.Unlock()
	return ctx, func() {
		e.mu.Lock()
		e.stopTry = nil
		e.mu.Unlock()
		cancel()
		e.adding.Unlock()
	}
}

// try opens one target after the other until one gives a picture or ctx ends,
// which the connection outlives.
func (e *Engine) try(ctx context.Context, targets []feed.Target) (*feed.Connection, *cameras.Failure) {
	life, cancel := context.WithCancel(e.ctx)
	giveUp := context.AfterFunc(ctx, cancel)
	tooLate := time.AfterFunc(tryLimit, cancel)
	connection, failure := feed.Try(life, e.cfg.Client, targets)
	inTime := tooLate.Stop()
	if !giveUp() {
		inTime = false
	}
	if failure == nil && !inTime {
		connection.Close()
		failure = &cameras.Failure{Reason: cameras.ReasonTimeout}
	}
	if failure != nil {
		cancel()
		return nil, failure
	}
	connection.OnClose(cancel)
	return connection, nil
}

// adopt makes a camera of a connection.
func (e *Engine) adopt(t typed, connection *feed.Connection) AddResult {
	target := connection.Target()
	where := urlOf(target)
	c := cameras.Camera{
		Key: cameras.ForeignKey(where), URL: where, Login: t.login != nil, Added: true,
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

// again answers when a person adds a camera without an agent that is there: it is
// dialled at once, and with what was typed to be let in, when that is new. The
// caller is alone.
func (e *Engine) again(ctx context.Context, key string, t typed) AddResult {
	e.mu.Lock()
	c, known := e.registry.Get(key)
	f := e.feeds[key]
	result := AddResult{OK: true, Keys: []string{key}, Address: c.URL}
	u, err := url.Parse(c.URL)
	if !known || f == nil || err != nil {
		e.mu.Unlock()
		return result // it was forgotten meanwhile
	}
	if t.login == nil || sameLogin(t.login, f.Target().Login) {
		f.Retry()
		e.mu.Unlock()
		return result
	}
	before := f.Target()
	e.dropFeed(key) // many cameras serve a single viewer
	e.mu.Unlock()
	select {
	case <-f.done:
	case <-e.ctx.Done():
	}
	connection, failure := e.try(ctx, []feed.Target{{Addr: u.Host, Path: u.RequestURI(), Foreign: true, Login: t.login}})

	e.mu.Lock()
	defer e.mu.Unlock()
	if c, known = e.registry.Get(key); !known {
		if failure == nil {
			connection.Close()
		}
		return result
	}
	if failure != nil {
		if before.Addr == "" { // what was kept was not there yet
			e.startForeign(c)
		} else {
			f = e.startFeed(c, nil)
			f.told = true
			f.SetTarget(before)
		}
		return AddResult{Keys: []string{}, Reason: reasonOfURL(failure), Address: c.URL, Detail: failure.Detail}
	}
	c.Login = true
	e.registry.Add(c)
	e.keepLogin(key, t.login)
	f = e.startFeed(c, connection)
	f.told = true
	f.SetTarget(connection.Target())
	return result
}

func sameLogin(a, b *agents.Login) bool { return a != nil && b != nil && *a == *b }
