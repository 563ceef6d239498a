package adding

import (
	"context"
	"errors"
	"strconv"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/desktop/client"
	"pigrid/desktop/feed"
	"pigrid/desktop/settings"
	"pigrid/desktop/tasks"
	"pigrid/shared/api"
	"pigrid/shared/endpoint"
)

const agentTimeout = 6 * time.Second

// Client reaches agents and cameras; [client.Client] is the real one.
type Client interface {
	feed.Opener
	Find(ctx context.Context, id string, addresses []endpoint.Endpoint) (client.Found, error)
}

// Grid is where cameras are added.
type Grid interface {
	// Lookup returns the first camera that matches.
	Lookup(match func(c cameras.Camera) bool) (cameras.Camera, bool)
	// AddAgent adds an agent that answered at a typed address. It returns its cameras,
	// none when there is no slot.
	AddAgent(address string, found client.Found) []cameras.Camera
	// Adopt adds a camera without an agent, which goes on with the connection that is
	// open already. It reports whether there was a slot; if not, or if it was there
	// already, the connection is closed.
	Adopt(c cameras.Camera, connection *feed.Connection, login *endpoint.Credentials) bool
	// Stream is the feed of a camera, nil when it has none.
	Stream(key string) *feed.Feed
	// Release ends the stream of a camera and waits for that: many serve a single
	// viewer.
	Release(key string)
	// Restore dials a camera again after Release, as before.
	Restore(key string, before feed.Target)
	// Replace lets a camera go on with another connection and another login after
	// Release, and forgets on which network it was if it is to.
	Replace(key string, connection *feed.Connection, login *endpoint.Credentials, forgetNetwork bool)
}

// Result is how adding an address ended.
type Result struct {
	Keys    []string       // of the cameras at the address; none when it ended in vain
	Reason  cameras.Reason // why
	Address string         // as it was understood, host:port or a URL
	Detail  string         // the raw cause
}

// OK reports whether the cameras are in the grid.
func (r Result) OK() bool { return len(r.Keys) > 0 }

// Adder adds what people type, one address at a time.
type Adder struct {
	client Client
	grid   Grid
	tasks  *tasks.Group
	turn   *turn
}

// New returns an Adder.
func New(client Client, grid Grid, group *tasks.Group) *Adder {
	return &Adder{client: client, grid: grid, tasks: group, turn: newTurn()}
}

// Add tries what a person typed, a host, host:port or URL: an agent, or another camera
// that speaks MJPEG. On success its cameras are shown and remembered. A whole URL is
// taken at its word. What is still being tried of another address ends.
func (a *Adder) Add(input string) Result {
	t, err := parseTyped(input)
	switch {
	case errors.Is(err, errLogin):
		return Result{Reason: cameras.ReasonBadLogin}
	case err != nil:
		return Result{Reason: cameras.ReasonBadAddress}
	}
	ctx, leave := a.turn.take(a.tasks.Context())
	defer leave()
	if t.whole() {
		return a.addURL(ctx, t)
	}
	if c, known := a.at(func(address string) bool { return address == t.address }); known {
		return a.login(ctx, c, t)
	}
	found, failure := a.ask(ctx, t.address)
	if failure == nil {
		return a.addAgent(t.address, found)
	}
	if ctx.Err() == nil {
		if result, ok := a.addForeign(ctx, t, failure); ok {
			return result
		}
	}
	return Result{Reason: failure.Reason, Address: t.address, Detail: failure.Detail}
}

// Cancel ends what is being tried. Add then returns that the time is up, which nobody
// reads.
func (a *Adder) Cancel() { a.turn.cancel() }

// ask asks the agent at an address for its status.
func (a *Adder) ask(ctx context.Context, address string) (client.Found, *cameras.Failure) {
	ctx, cancel := context.WithTimeout(ctx, agentTimeout)
	defer cancel()
	found, err := a.client.Find(ctx, "", endpoint.All([]string{address}))
	if err == nil {
		return found, nil
	}
	failure := client.FailureOf(err)
	if failure == nil {
		failure = &cameras.Failure{Reason: cameras.ReasonTimeout}
	}
	return found, failure
}

// addAgent adds an agent that answered at a typed address.
func (a *Adder) addAgent(address string, found client.Found) Result {
	switch v := found.Status.API; {
	case v < api.Version:
		return Result{Reason: cameras.ReasonTooOld, Address: address}
	case v > api.Version:
		return Result{Reason: cameras.ReasonTooNew, Address: address}
	}
	list := a.grid.AddAgent(address, found)
	if len(list) == 0 {
		return full(address)
	}
	result := Result{Address: address}
	for _, c := range list {
		result.Keys = append(result.Keys, c.Key)
	}
	return result
}

// full is the answer when there is no slot for another agent or camera.
func full(address string) Result { return Result{Address: address, Reason: cameras.ReasonFull} }

// addURL adds the stream at a URL. It is opened once: that connection is the one
// that the tile goes on with.
func (a *Adder) addURL(ctx context.Context, t typed) Result {
	target := feed.Target{Endpoint: endpoint.HTTP(t.at("80")).With(t.login), Path: withQuery(t.path, t.query), Foreign: true}
	where := target.URL(target.Path)
	if len(where) > settings.MaxURL {
		return Result{Reason: cameras.ReasonBadAddress, Detail: "longer than " + strconv.Itoa(settings.MaxURL) + " bytes"}
	}
	key := cameras.ForeignKey(where)
	if c, known := a.grid.Lookup(func(c cameras.Camera) bool { return c.Key == key }); known {
		return a.login(ctx, c, t)
	}
	connection, failure := a.try(ctx, []feed.Target{target})
	if failure != nil {
		return Result{Reason: reasonOfURL(failure), Address: where, Detail: failure.Detail}
	}
	if connection.OfAgent() {
		found, failure := a.ask(ctx, target.Addr)
		if failure == nil {
			connection.Close()
			return a.addAgent(target.Addr, found)
		}
		if ctx.Err() != nil {
			connection.Close()
			return Result{Reason: failure.Reason, Address: where, Detail: failure.Detail}
		}
	}
	return a.adopt(t, connection)
}
