package engine

import (
	"net/url"

	"pigrid/desktop/cameras"
	"pigrid/desktop/client"
	"pigrid/desktop/feed"
	"pigrid/shared/endpoint"
)

// dialForeign dials a remembered camera that has no agent.
func (e *Engine) dialForeign(c cameras.Camera) {
	u, err := url.Parse(c.URL)
	if err != nil {
		return
	}
	f := e.Streams.Ensure(c)
	e.Tasks.Go(func() {
		target := feed.Target{Endpoint: endpoint.HTTP(u.Host), Path: u.RequestURI(), Foreign: true, Asks: c.Asks, Home: c.Network}
		if c.Login {
			target.Credentials = e.credentials.Get(c.Key)
		}
		f.SetTarget(target) // of a feed that has ended meanwhile: it does nothing
	})
}

// grid is the Engine as [adding.Grid].
type grid struct{ *Engine }

// Lookup implements [adding.Grid].
func (g grid) Lookup(match func(cameras.Camera) bool) (cameras.Camera, bool) {
	for _, c := range g.Roster.List() {
		if match(c) {
			return c, true
		}
	}
	return cameras.Camera{}, false
}

// AddAgent implements [adding.Grid].
func (g grid) AddAgent(address string, found client.Found) []cameras.Camera {
	g.Keeper.Welcome(found.Status.ID)
	return g.Roster.Add(address, found)
}

// Stream implements [adding.Grid].
func (g grid) Stream(key string) *feed.Feed { return g.Streams.Get(key) }

// Release implements [adding.Grid].
func (g grid) Release(key string) {
	select {
	case <-g.Streams.Drop(key):
	case <-g.Tasks.Context().Done():
	}
}

// Adopt implements [adding.Grid].
func (g grid) Adopt(c cameras.Camera, connection *feed.Connection, login *endpoint.Credentials) bool {
	g.applying.Lock()
	defer g.applying.Unlock()
	if g.Streams.Get(c.Key) != nil {
		connection.Close()
		return true
	}
	if !g.Roster.AddForeign(c) {
		connection.Close()
		return false
	}
	g.credentials.Keep(c.Key, login)
	g.Streams.Continue(c, connection)
	return true
}

// Restore implements [adding.Grid].
func (g grid) Restore(key string, before feed.Target) {
	g.applying.Lock()
	defer g.applying.Unlock()
	c, known := g.Roster.Get(key)
	switch {
	case !known: // it was forgotten meanwhile
	case before.Addr == "": // what is kept was not there yet
		g.dialForeign(c)
	default:
		g.Streams.Ensure(c).SetTarget(before)
	}
}

// Replace implements [adding.Grid].
func (g grid) Replace(key string, connection *feed.Connection, login *endpoint.Credentials, forgetNetwork bool) {
	g.applying.Lock()
	defer g.applying.Unlock()
	c, known := g.Roster.Change(key, func(c *cameras.Camera) {
		if forgetNetwork {
			c.Network = ""
		}
		c.Login, c.Asks = true, connection.Target().Asks
	})
	if !known { // it was forgotten meanwhile
		connection.Close()
		return
	}
	g.credentials.Keep(key, login)
	g.Streams.Continue(c, connection)
}
