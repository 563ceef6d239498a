package adding

import (
	"context"
	"net/url"

	"pigrid/desktop/cameras"
	"pigrid/desktop/feed"
	"pigrid/shared/endpoint"
)

// login answers when a person adds a camera without an agent that is there: it is
// dialled at once, and with the credentials that were typed when they are new.
func (a *Adder) login(ctx context.Context, c cameras.Camera, t typed) Result {
	f := a.grid.Stream(c.Key)
	result := Result{Keys: []string{c.Key}, Address: c.URL}
	u, err := url.Parse(c.URL)
	if f == nil || err != nil {
		return result // it was forgotten meanwhile
	}
	before := f.Target()
	if before.Addr == "" { // what is kept was not there yet
		before.Asks, before.Home = c.Asks, c.Network
	}
	warned := asksOtherwise(f.Facts().Failure)
	if t.login == nil || t.login.Equal(before.Credentials) && !warned {
		f.Retry()
		return result
	}
	target := feed.Target{Endpoint: endpoint.HTTP(u.Host).With(t.login), Path: u.RequestURI(), Foreign: true, Asks: before.Asks, Home: before.Home}
	if warned { // and the person gives them all the same
		target.Asks, target.Home = cameras.Challenge{}, ""
	}
	a.grid.Release(c.Key)
	connection, failure := a.try(ctx, []feed.Target{target})
	if failure != nil {
		a.grid.Restore(c.Key, before)
		return Result{Reason: reasonOfURL(failure), Address: c.URL, Detail: failure.Detail}
	}
	a.grid.Replace(c.Key, connection, t.login, warned)
	return result
}

// asksOtherwise reports whether a camera was not sent its password because it asked in
// another way than before, or is on another network.
func asksOtherwise(f *cameras.Failure) bool {
	return f != nil && (f.Reason == cameras.ReasonOtherLogin || f.Reason == cameras.ReasonOtherNetwork)
}
