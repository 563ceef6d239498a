package engine

import (
	"context"
	"net"
	"net/netip"
	"slices"

	"pigrid/desktop/adding"
	"pigrid/desktop/cameras"
	"pigrid/desktop/client"
	"pigrid/desktop/feed"
	"pigrid/desktop/households"
	"pigrid/desktop/roster"
	"pigrid/shared/api"
	"pigrid/shared/endpoint"
)

// Access is who may watch what.
type Access struct {
	Households []households.Household
	Open       []households.Agent // that everybody on their network can watch, by name
	New        []households.Agent // that are not shown because nobody has said that they are theirs
	Strange    int                // locked agents that no household here opens
	LockedFor  string             // id of the household whose agents are being locked, empty for none
	Locking    []households.Step
}

// access puts together who may watch what.
func (e *Engine) access() Access {
	a := Access{Households: e.Keeper.All()}
	for _, agent := range e.agents() {
		open := agent.Access == cameras.AccessOpen || agent.Access == cameras.NoAccess
		switch {
		case agent.Access == cameras.NeedsKey, agent.Access == cameras.NotYours:
			a.Strange++
		case open && e.Keeper.Stranger(agent.ID) && !e.Keeper.Declined(agent.ID) && agent.Cameras > 0:
			a.New = append(a.New, agent)
		case agent.Access == cameras.AccessOpen && !e.Keeper.Stranger(agent.ID):
			a.Open = append(a.Open, agent)
		}
	}
	a.LockedFor, a.Locking = e.Keeper.Locking()
	return a
}

// tile is a camera as it is shown.
func (e *Engine) tile(c cameras.Camera, facts cameras.Facts, verdict cameras.Verdict) Tile {
	t := Tile{Camera: c.Shown(), Facts: facts, Verdict: verdict}
	if c.Agent == "" {
		return t
	}
	t.Access, t.Household = facts.Agent.Access, e.Keeper.HouseholdOf(c.Agent)
	switch f := facts.Agent.Failure; {
	case f != nil && f.Reason == cameras.ReasonChangedKey:
		t.Access = cameras.ChangedKey
	case t.Access == cameras.NoAccess && t.Household != "":
		t.Access = cameras.AccessLocked
	}
	return t
}

// agents are those of the Roster, as the Keeper wants to know them.
func (e *Engine) agents() []households.Agent {
	var list []households.Agent
	for _, a := range e.Roster.Agents() {
		if a.Shown {
			list = append(list, households.Agent{ID: a.ID, Name: a.Name, Addresses: a.Addresses, Answers: a.Answered, Access: a.Access, Cameras: a.Cameras})
		}
	}
	slices.SortStableFunc(list, households.ByName)
	return list
}

// repinned ends the streams of an agent that are not opened as they must be from now
// on, and asks it again at once.
func (e *Engine) repinned(agent string) {
	e.applying.Lock()
	for _, c := range e.Roster.Of(agent) {
		switch f := e.Streams.Get(c.Key); {
		case f == nil:
		case e.Keeper.Allows(agent, f.Target().Endpoint):
			f.Reopen()
		default:
			f.SetTarget(feed.Target{})
		}
	}
	e.applying.Unlock()
	e.again(agent)
}

// again asks an agent for its status.
func (e *Engine) again(agent string) {
	e.Roster.Poke(func(id string) bool { return id == agent })
}

// facts is what a person said of an agent on this computer only.
func (e *Engine) facts(agent string) households.Facts {
	facts := households.Facts{Cameras: map[string]api.Mounting{}}
	for _, c := range e.Roster.Of(agent) {
		facts.Name = c.Own.AgentName
		if c.Own.Mounted && c.ID != cameras.StandIn {
			facts.Cameras[c.ID] = api.Mounting{Name: c.Own.Name, Rotation: c.Own.Rotation, Mirror: c.Own.Mirror}
		}
	}
	return facts
}

// sent forgets what an agent was sent; it says so itself from now on.
func (e *Engine) sent(agent string, facts households.Facts) {
	for _, c := range e.Roster.Of(agent) {
		e.Roster.Change(c.Key, func(c *cameras.Camera) {
			if facts.Name != "" && c.Own.AgentName == facts.Name {
				c.Own.AgentName = ""
			}
			if m, ok := facts.Cameras[c.ID]; ok && c.Own.Mounted && m == (api.Mounting{Name: c.Own.Name, Rotation: c.Own.Rotation, Mirror: c.Own.Mirror}) {
				c.Own = cameras.Own{AgentName: c.Own.AgentName}
			}
		})
	}
	e.again(agent)
}

// Accept shows a new agent.
func (e *Engine) Accept(agent string) {
	e.Keeper.Welcome(agent)
	e.changed(roster.Change{Agent: agent, Back: true})
}

// NameAgent names an agent: on the agent itself if it is locked, else here.
func (e *Engine) NameAgent(ctx context.Context, agent, name string) households.Refusal {
	list := e.Roster.Of(agent)
	switch {
	case agent == "" || len(list) == 0:
		return households.Refusal{Code: households.Unknown}
	case !households.ValidName(name):
		return households.Refusal{Code: households.BadName}
	case e.Keeper.HouseholdOf(agent) != "":
		return e.Keeper.NameAgent(ctx, agent, name)
	}
	for _, c := range list {
		e.Roster.Change(c.Key, func(c *cameras.Camera) { c.Own.AgentName = name })
	}
	return households.Refusal{}
}

// Mount says how a camera is called and mounted: on its agent if that is locked, else
// here.
func (e *Engine) Mount(ctx context.Context, key string, m api.Mounting) households.Refusal {
	c, ok := e.Roster.Get(key)
	switch {
	case !ok || m.Rotation < 0 || m.Rotation >= 360 || m.Rotation%90 != 0:
		return households.Refusal{Code: households.Unknown}
	case !households.ValidName(m.Name):
		return households.Refusal{Code: households.BadName}
	case c.Agent != "" && e.Keeper.HouseholdOf(c.Agent) != "":
		return e.Keeper.Mount(ctx, c.Agent, c.ID, m)
	}
	e.Roster.Change(key, func(c *cameras.Camera) {
		c.Own = cameras.Own{Mounted: m != api.Mounting{}, Name: m.Name, Rotation: m.Rotation, Mirror: m.Mirror, AgentName: c.Own.AgentName}
	})
	return households.Refusal{}
}

// reach is the Client as [adding.Client], whose answers are checked.
type reach struct {
	adding.Client
	keeper *households.Keeper
}

// Find implements [adding.Client].
func (r reach) Find(ctx context.Context, id string, at []endpoint.Endpoint) (client.Found, error) {
	return r.keeper.Find(ctx, id, at)
}

// checked is a Sweeper whose answers are checked; nil of nil.
func (e *Engine) checked(s *client.Sweeper) *client.Sweeper {
	if s == nil {
		return nil
	}
	return &client.Sweeper{Ask: e.Keeper.Ask(s.Ask), Links: s.Links}
}

// secretsOf is nil, too, when there are none.
func secretsOf(s adding.Secrets) households.Secrets {
	if s == nil {
		return nil
	}
	return s
}

// OwnAddresses returns the IP addresses of this computer.
func OwnAddresses() []netip.Addr {
	var list []netip.Addr
	all, _ := net.InterfaceAddrs() // without them nobody is known to be here
	for _, a := range all {
		if p, err := netip.ParsePrefix(a.String()); err == nil {
			list = append(list, p.Addr().Unmap())
		}
	}
	return list
}
