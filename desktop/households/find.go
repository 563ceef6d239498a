package households

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/desktop/client"
	"pigrid/shared/api"
	"pigrid/shared/endpoint"
	"pigrid/shared/household"
)

const (
	// helloWithin is how long an agent may take to say who it is, at each address.
	helloWithin = 3 * time.Second
	// maxHello is at how many of its addresses it is asked.
	maxHello = 4
	// triedFor is how long an agent that proved none of our keys is not asked to again.
	triedFor = 30 * time.Second
	// maxTried is how many of those are remembered.
	maxTried = 512
	// loadPatience is how long a question waits for the keychain at the start.
	loadPatience = 2 * time.Second
)

// tried is an agent that proved none of our keys.
type tried struct {
	at    time.Time
	where string // all addresses
	round int
	found client.Found
}

// Find asks an agent for its status, like [client.Client.Find]. One that was locked here
// at least once is asked over TLS only and believed with its public key only, whatever
// it or others say of it. One that is locked and opens with a key that is here belongs
// to that household from now on. When a locked agent says no more, that is no error:
// the answer has no cameras, and Denied.
func (k *Keeper) Find(ctx context.Context, id string, at []endpoint.Endpoint) (client.Found, error) {
	if id != "" && k.Pinned(id) {
		return k.findPinned(ctx, id, at)
	}
	found, err := k.cfg.Find(ctx, id, at)
	return k.check(ctx, id, at, found, err)
}

// Ask is a question to one address whose answer is checked as by Find.
func (k *Keeper) Ask(plain func(context.Context, endpoint.Endpoint) (client.Found, error)) func(context.Context, endpoint.Endpoint) (client.Found, error) {
	return func(ctx context.Context, at endpoint.Endpoint) (client.Found, error) {
		found, err := plain(ctx, at)
		return k.check(ctx, "", []endpoint.Endpoint{at}, found, err)
	}
}

// check makes sure of an answer that came without encryption.
func (k *Keeper) check(ctx context.Context, id string, at []endpoint.Endpoint, found client.Found, err error) (client.Found, error) {
	switch {
	case err == nil && k.Pinned(found.Status.ID): // anybody can say so
		return k.findPinned(ctx, found.Status.ID, at)
	case err == nil || !isLocked(client.FailureOf(err)) || k.cfg.Client == nil:
		return found, err
	}
	return k.meet(ctx, id, at, err)
}

// isLocked reports whether an agent refused because it is locked. Other cameras refuse
// with 401, too, and in other words.
func isLocked(f *cameras.Failure) bool {
	if f == nil {
		return false
	}
	switch f.Code {
	case api.CodeLocked, api.CodeWrongLogin, api.CodeTooManyTries:
		return f.Status == http.StatusUnauthorized || f.Status == http.StatusTooManyRequests
	default:
		return false
	}
}

// hello asks one address after the other over TLS, until the agent answers.
func (k *Keeper) hello(ctx context.Context, id string, at []endpoint.Endpoint) (client.Seen, error) {
	return k.helloUntil(ctx, id, at, func(client.Seen) bool { return true })
}

// helloUntil asks one address after the other over TLS, until one answers that is the
// right one: anybody can announce an address in an agent's name. When none is, it
// returns the last that answered.
func (k *Keeper) helloUntil(ctx context.Context, id string, at []endpoint.Endpoint, right func(client.Seen) bool) (last client.Seen, err error) {
	err = &cameras.Failure{Reason: cameras.ReasonUnreachable, Detail: "no address is known"}
	if k.cfg.Client == nil {
		return last, err
	}
	answered := false
	for _, there := range at[:min(len(at), maxHello)] {
		one, cancel := context.WithTimeout(ctx, helloWithin)
		there.Scheme = "https"
		seen, failed := k.cfg.Client.Hello(one, there)
		cancel()
		switch {
		case failed == nil && (id == "" || seen.ID == id):
			if last, answered = seen, true; right(seen) {
				return seen, nil
			}
		case failed == nil:
			err = &cameras.Failure{Reason: cameras.ReasonUnreachable, Detail: "another agent answers at " + there.Addr}
		default:
			err = failed
		}
		if ctx.Err() != nil {
			break
		}
	}
	if answered {
		err = nil
	}
	return last, err
}

// findPinned asks an agent that is known by its public key.
func (k *Keeper) findPinned(ctx context.Context, id string, at []endpoint.Endpoint) (client.Found, error) {
	p, bearer, kept := k.way(id)
	if kept == IsLoading {
		k.waitForKeys(ctx)
		p, bearer, kept = k.way(id)
	}
	there := over(at, p.spki, bearer)
	found, err := k.cfg.Find(ctx, id, there)
	if err == nil && found.Status.Access == api.Open {
		k.released(id, p)
	}
	if !isLocked(client.FailureOf(err)) {
		return found, err
	}
	if found, ok := k.triedBefore(id, at); ok {
		return found, nil
	}
	seen, failed := k.hello(ctx, id, over(at, p.spki, household.Hash{}))
	if failed != nil {
		return client.Found{}, err
	}
	home, serial, failed := k.proves(ctx, seen)
	if home != "" {
		k.takeIn(id, p, home, serial)
		_, bearer, _ = k.way(id)
		return k.cfg.Find(ctx, id, over(at, p.spki, bearer))
	}
	if failed != nil {
		return client.Found{}, failed
	}
	denied := cameras.NeedsKey
	if p.home != "" && kept != InKeychain {
		denied = cameras.NoKeychain
	}
	return k.noteTried(deniedBy(seen, denied), at), nil
}

// released is told of an agent that says over TLS that it is open, as it was believed when
// it was asked. If it was in a household, another computer has released it or somebody has
// reset it: it is in none from now on, and believed with its public key only, as before.
// Nothing changes if it was locked again meanwhile.
func (k *Keeper) released(id string, asked pin) {
	k.mu.Lock()
	same := k.pins[id] == asked
	k.known[id] = k.known[id] || same && asked.home != "" // it had a tile
	k.mu.Unlock()
	if same && asked.home != "" {
		k.cfg.Logger.Warn("an agent of a household is open", "agent", id, "household", asked.home)
		k.setPin(id, pin{spki: asked.spki})
	}
}

// way returns how an agent is asked, and where the key of its household is.
func (k *Keeper) way(id string) (p pin, bearer household.Hash, kept string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	p = k.pins[id]
	h := k.home(p.home)
	if h == nil {
		return p, bearer, ""
	}
	if key, ok := h.numbered(p.serial); ok {
		bearer = key.ForAgent(id, p.spki).Bearer()
	}
	return p, bearer, h.kept
}

// waitForKeys waits until the keychain has answered, for a moment.
func (k *Keeper) waitForKeys(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, loadPatience)
	defer cancel()
	for {
		ready := k.ready.Wait()
		if !k.loading() {
			return
		}
		select {
		case <-ready:
		case <-ctx.Done():
			return
		}
	}
}

func (k *Keeper) loading() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, h := range k.homes {
		if h.kept == IsLoading {
			return true
		}
	}
	return false
}

// over returns how these addresses are asked by public key.
func over(at []endpoint.Endpoint, spki, bearer household.Hash) []endpoint.Endpoint {
	list := make([]endpoint.Endpoint, len(at))
	for i, a := range at {
		list[i] = endpoint.Pinned(a.Addr, spki, bearer)
	}
	return list
}

// meet tries our keys on a locked agent that is not known yet, at all its addresses. It
// is told nothing.
func (k *Keeper) meet(ctx context.Context, id string, at []endpoint.Endpoint, refused error) (client.Found, error) {
	if found, ok := k.triedBefore(id, at); ok {
		return found, nil
	}
	able := k.hasKeys()
	home, serial, proved := "", 0, false
	var unheard error // why a proof did not come
	seen, err := k.helloUntil(ctx, id, at, func(s client.Seen) bool {
		if able && !k.Pinned(s.ID) && !k.Declined(s.ID) {
			var failed error
			home, serial, failed = k.proves(ctx, s)
			if proved = home != ""; failed != nil {
				unheard = failed
			}
		}
		return !able || proved || k.Pinned(s.ID) || k.Declined(s.ID)
	})
	switch {
	case err != nil:
		return client.Found{}, refused
	case k.Pinned(seen.ID):
		return k.findPinned(ctx, seen.ID, at)
	case proved && k.takeIn(seen.ID, pin{spki: seen.Shown}, home, serial):
		return k.findPinned(ctx, seen.ID, at)
	case !able || proved:
		return deniedBy(seen, cameras.NeedsKey), nil
	case unheard != nil: // it may be ours, and is asked again
		return client.Found{}, unheard
	default:
		return k.noteTried(deniedBy(seen, cameras.NotYours), at), nil
	}
}

// takeIn makes an agent that proved a key one of that household, and reports whether there
// was room. Names and mountings that only this computer knows are forgotten, because the
// agent has those of whoever locked it; if that is this computer they are still to be
// sent, and kept.
func (k *Keeper) takeIn(id string, before pin, home string, serial int) bool {
	if before.home == "" && !k.locks(id) {
		k.cfg.Sent(id, k.cfg.Facts(id))
	}
	return k.setPin(id, k.belongs(before, home, serial))
}

// belongs is what is believed of an agent that proved a key. Nobody knows yet which view
// passwords it has.
func (k *Keeper) belongs(p pin, home string, serial int) pin {
	if p.home != home {
		p.passwords = unknownVersion
	}
	p.home, p.serial = home, serial
	return p
}

// unknownVersion is that of view passwords that an agent was not sent from here.
const unknownVersion = -1

func (k *Keeper) hasKeys() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, h := range k.homes {
		if !h.key.IsZero() {
			return true
		}
	}
	return false
}

// triedBefore returns what came of trying our keys on an agent a moment ago, at the same
// addresses.
func (k *Keeper) triedBefore(id string, at []endpoint.Endpoint) (client.Found, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	t, ok := k.tried[id]
	return t.found, ok && t.where == addresses(at) && t.round == k.round && time.Since(t.at) < triedFor
}

func (k *Keeper) noteTried(found client.Found, at []endpoint.Endpoint) client.Found {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.tried) >= maxTried {
		clear(k.tried)
	}
	k.tried[found.Status.ID] = tried{time.Now(), addresses(at), k.round, found}
	return found
}

// addresses is a text that is the same for the same addresses.
func addresses(at []endpoint.Endpoint) string {
	var list []string
	for _, a := range at {
		list = append(list, a.Addr)
	}
	slices.Sort(list)
	return strings.Join(list, " ")
}

// deniedBy is the answer of a locked agent that says no more than who it is.
func deniedBy(seen client.Seen, why cameras.Access) client.Found {
	return client.Found{
		Status: api.Status{API: seen.API, ID: seen.ID, Name: seen.Name, Version: seen.Version, Access: seen.Access},
		At:     seen.At, Remote: seen.Remote, Denied: why,
	}
}
