package gridapi

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"time"

	"pigrid/desktop/engine"
	"pigrid/desktop/households"
	"pigrid/shared/api"
)

const (
	// commandWithin is how long a command about access may take.
	commandWithin = 15 * time.Second
	// maxNew is how many new agents the page is told of.
	maxNew = 32
)

// runAccess runs a command about access; ok is false when there is none of that name.
func (s *Server) runAccess(command string, c Call) (result *AccessResult, ok bool) {
	ctx, cancel := context.WithTimeout(s.engine.Tasks.Context(), commandWithin)
	defer cancel()
	keeper := s.engine.Keeper
	switch command {
	case "watchers":
		r := done(households.NoCode)
		for _, w := range keeper.Watchers(ctx, c.Household, c.Agent) {
			r.Watched = append(r.Watched, watchedOf(w))
		}
		return r, true
	case "lock":
		return of(keeper.Lock(ctx, c.Household, c.Name, c.To, c.Agent)), true
	case "endLock":
		keeper.EndLock()
		return done(households.NoCode), true
	case "join":
		home, opened, refusal := keeper.Join(ctx, c.Text, c.Name, c.Keep)
		r := refused(refusal)
		r.Household, r.Opened = home, append(r.Opened, agentsOf(opened)...)
		return r, true
	case "sheet":
		sheet, code := keeper.SheetOf(ctx, c.Household)
		r := of(c.Household, code)
		if r.OK {
			r.Sheet = sheetOf(sheet)
		}
		return r, true
	case "accept":
		return s.accept(ctx, c), true
	case "decline":
		if !s.isStranger(c.Agent) {
			return done(households.Unknown), true
		}
		keeper.Decline(c.Agent)
		return done(households.NoCode), true
	case "release":
		return refused(keeper.Release(ctx, c.Agent)), true
	case "giveUp":
		return done(keeper.GiveUp(c.Agent)), true
	case "trust":
		return refused(keeper.Trust(ctx, c.Agent)), true
	case "nameAgent":
		return refused(s.engine.NameAgent(ctx, c.Agent, c.Name)), true
	case "mount":
		return refused(s.engine.Mount(ctx, c.Key, api.Mounting{Name: c.Name, Rotation: c.Rotation, Mirror: c.Mirror})), true
	default:
		return runHousehold(ctx, keeper, command, c)
	}
}

// runHousehold runs a command that changes a household.
func runHousehold(ctx context.Context, keeper *households.Keeper, command string, c Call) (result *AccessResult, ok bool) {
	var code households.Code
	switch command {
	case "nameHousehold":
		code = keeper.Rename(c.Household, c.Name)
	case "addPassword":
		code = keeper.AddPassword(ctx, c.Household, c.Name, timeOf(c.Until))
	case "changePassword":
		code = keeper.ChangePassword(ctx, c.Household, c.Name, c.To, timeOf(c.Until))
	case "removePassword":
		code = keeper.RemovePassword(ctx, c.Household, c.Name)
	case "newKey":
		code = keeper.NewKey(ctx, c.Household)
	case "seen":
		code = keeper.Seen(c.Household)
	case "leave":
		code = keeper.Leave(ctx, c.Household)
	default:
		return nil, false
	}
	return of(c.Household, code), true
}

// accept shows a new agent, and locks it if that is wanted.
func (s *Server) accept(ctx context.Context, c Call) *AccessResult {
	if !s.isStranger(c.Agent) {
		return done(households.Unknown)
	}
	s.engine.Accept(c.Agent)
	if !c.Claim {
		return done(households.NoCode)
	}
	home := c.Household
	if all := s.engine.Keeper.All(); home == "" && len(all) > 0 {
		home = all[0].ID
	}
	if home == "" {
		return done(households.Unknown)
	}
	return of(s.engine.Keeper.Lock(ctx, home, "", "", c.Agent))
}

// isStranger reports whether an agent is there and is not shown.
func (s *Server) isStranger(agent string) bool {
	return s.engine.Keeper.Stranger(agent) && len(s.engine.Roster.Of(agent)) > 0
}

func done(code households.Code) *AccessResult {
	return &AccessResult{OK: code == households.NoCode, Code: code, Opened: []OpenAgent{}, Watched: []Watched{}}
}

func of(household string, code households.Code) *AccessResult {
	r := done(code)
	r.Household = household
	return r
}

func refused(why households.Refusal) *AccessResult {
	r := done(why.Code)
	r.Message, r.Hint, r.Detail = why.Message, why.Hint, why.Detail
	return r
}

// timeOf is a time of the page.
func timeOf(ms int64) time.Time {
	if ms <= 0 {
		return time.Time{}
	}
	return time.UnixMilli(min(ms, 1<<46)) // a year of four digits, as RFC 3339 wants it
}

func watchedOf(w households.Watched) Watched {
	shown := Watched{ID: w.Agent.ID, Name: w.Agent.Name, Code: w.Code, Watchers: []Watcher{}}
	own := engine.OwnAddresses()
	for _, one := range w.Watchers {
		addr, err := netip.ParseAddr(one.Address)
		last, _ := time.Parse(time.RFC3339, one.Last) // zero when it is none
		self := err == nil && addr.IsLoopback()
		for _, address := range w.Agent.Addresses {
			host, _, _ := net.SplitHostPort(address)
			self = self || host == one.Address
		}
		shown.Watchers = append(shown.Watchers, Watcher{
			Address: one.Address, Program: one.Program, Last: millis(last), Self: self, Here: slices.Contains(own, addr),
		})
	}
	return shown
}

func sheetOf(s households.Sheet) *Sheet {
	shown := &Sheet{Household: s.ID, Name: s.Name, Key: s.Key, Passwords: []SheetPassword{}, Agents: []SheetAgent{}}
	for _, p := range s.Passwords {
		shown.Passwords = append(shown.Passwords, SheetPassword{p.Name, millis(p.Until), p.Text})
	}
	for _, a := range s.Agents {
		one := SheetAgent{Name: a.Name}
		if address := first(a.Addresses); address != "" { // anybody can announce the others
			one.URL = "http://" + address + "/"
		}
		shown.Agents = append(shown.Agents, one)
	}
	return shown
}

// accessOf is who may watch, as the page is told.
func accessOf(a engine.Access) Access {
	shown := Access{
		Households: []Household{}, Open: agentsOf(a.Open), New: agentsOf(a.New[:min(len(a.New), maxNew)]), Strange: a.Strange,
	}
	for _, h := range a.Households {
		shown.Households = append(shown.Households, householdOf(h))
	}
	if a.LockedFor == "" {
		return shown
	}
	shown.Lock = &Lock{Household: a.LockedFor, Agents: []LockAgent{}}
	for _, st := range a.Locking {
		shown.Lock.Agents = append(shown.Lock.Agents, LockAgent{
			ID: st.ID, Name: st.Name, Address: st.Address, Step: st.Step, ClaimUntil: millis(st.ClaimUntil),
			Code: st.Code, Message: st.Message, Hint: st.Hint,
		})
	}
	return shown
}

func householdOf(h households.Household) Household {
	shown := Household{ID: h.ID, Name: h.Name, Kept: h.Kept, Overruled: h.Overruled, Passwords: []ViewPassword{}, Agents: []HomeAgent{}}
	for _, p := range h.Passwords {
		shown.Passwords = append(shown.Passwords, ViewPassword{p.Name, millis(p.Until), p.Here})
	}
	for _, a := range h.Agents {
		shown.Agents = append(shown.Agents, HomeAgent{
			ID: a.ID, Name: a.Name, Address: first(a.Addresses), Access: a.Access, Online: a.Answers, Waits: a.Waits, Code: a.Code,
		})
	}
	return shown
}

func agentsOf(list []households.Agent) []OpenAgent {
	shown := []OpenAgent{}
	for _, a := range list {
		shown = append(shown, OpenAgent{a.ID, a.Name, first(a.Addresses), a.Cameras})
	}
	return shown
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}
