package app

import (
	"context"
	"net/url"

	"pigrid/desktop/agents"
	"pigrid/desktop/cameras"
	"pigrid/desktop/feed"
)

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
	before := f.Target()
	warned := saysOther(f.Facts().Failure)
	if t.login == nil || sameLogin(t.login, before.Login) && !warned {
		f.Retry()
		e.mu.Unlock()
		return result
	}
	target := feed.Target{Addr: u.Host, Path: u.RequestURI(), Foreign: true, Login: t.login, Asks: before.Asks, Home: before.Home}
	if warned { // and the person tells it all the same
		target.Asks, target.Home = cameras.Challenge{}, ""
	}
	e.dropFeed(key) // many cameras serve a single viewer
	e.mu.Unlock()
	select {
	case <-f.done:
	case <-e.ctx.Done():
	}
	connection, failure := e.try(ctx, []feed.Target{target})

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
	if warned {
		c.Network = ""
	}
	c.Login, c.Asks = true, connection.Target().Asks
	e.registry.Add(c)
	e.keepLogin(key, t.login)
	f = e.startFeed(c, connection)
	f.told = true
	f.SetTarget(connection.Target())
	return result
}

// saysOther reports whether a camera was not told its password because it asked in
// another way than before, or is on another network.
func saysOther(f *cameras.Failure) bool {
	return f != nil && (f.Reason == cameras.ReasonOtherLogin || f.Reason == cameras.ReasonOtherNetwork)
}

func sameLogin(a, b *agents.Login) bool { return a != nil && b != nil && *a == *b }
