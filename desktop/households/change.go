package households

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/desktop/client"
	"pigrid/shared/api"
	"pigrid/shared/household"
)

// NewKey makes a new key for a household. Its agents are sent it with the old one; other
// computers must be given it.
func (k *Keeper) NewKey(ctx context.Context, home string) Code {
	return k.change(ctx, home, func(s secret) (secret, Code) {
		s = k.asOnAgents(ctx, home, s).withKey(household.NewKey())
		s.version++ // the list is signed with the new key
		return s, NoCode
	})
}

// AddPassword makes a view password that ends at a time, zero for never.
func (k *Keeper) AddPassword(ctx context.Context, home, name string, until time.Time) Code {
	return k.changePasswords(ctx, home, func(s secret) (secret, Code) {
		name, ok := title(name)
		s.passwords = slices.DeleteFunc(slices.Clone(s.passwords), func(p password) bool {
			return !p.until.IsZero() && time.Now().After(p.until)
		})
		switch {
		case !ok:
			return s, BadName
		case s.named(name) >= 0:
			return s, Taken
		case len(s.passwords) >= api.MaxPasswords:
			return s, Full
		}
		s.passwords = append(s.passwords, newPassword(name, until))
		return s, NoCode
	})
}

// ChangePassword gives a view password another name or end.
func (k *Keeper) ChangePassword(ctx context.Context, home, name, to string, until time.Time) Code {
	return k.changePasswords(ctx, home, func(s secret) (secret, Code) {
		to, ok := title(to)
		i := s.named(name)
		switch {
		case i < 0:
			return s, Unknown
		case !ok:
			return s, BadName
		case to != name && s.named(to) >= 0:
			return s, Taken
		}
		s.passwords = slices.Clone(s.passwords)
		s.passwords[i].name, s.passwords[i].until = to, until.Truncate(time.Second)
		return s, NoCode
	})
}

// RemovePassword ends a view password. An agent needs one.
func (k *Keeper) RemovePassword(ctx context.Context, home, name string) Code {
	return k.changePasswords(ctx, home, func(s secret) (secret, Code) {
		i := s.named(name)
		switch {
		case i < 0:
			return s, Unknown
		case len(s.passwords) == 1:
			return s, Last
		}
		s.passwords = slices.Delete(slices.Clone(s.passwords), i, i+1)
		return s, NoCode
	})
}

// changePasswords changes the view passwords as the agents have them now: another
// computer may have changed them, too. One agent takes the new ones before they are
// kept. When another computer was faster there, its passwords stand.
func (k *Keeper) changePasswords(ctx context.Context, home string, change func(secret) (secret, Code)) Code {
	end, ok := k.begin(ctx)
	if !ok {
		return NotKept
	}
	defer end()
	k.waitForKeys(ctx)
	before, code := k.secretOf(home)
	if code != NoCode {
		return code
	}
	agents := k.reachable(ctx, home)
	before = k.asKept(ctx, before, agents)
	s, code := change(before)
	if code != NoCode {
		return code
	}
	s.version++
	if code := k.store(ctx, home, s); code != NoCode {
		return code
	}
	theirs, taker := k.offer(ctx, agents, s)
	if before.adopt(theirs).version > before.version { // nothing of ours is anywhere but here
		code := k.keep(ctx, home, "", before.adopt(theirs))
		k.noteOwn(home, ownChange{})
		return cmp.Or(code, Conflict)
	}
	if code := k.use(home, "", s); code != NoCode {
		return code
	}
	k.noteOwn(home, changeOf(before.passwords, s.passwords))
	if taker != "" {
		k.noteSent(taker, func(p *pin) { p.passwords = s.version })
	}
	return NoCode
}

// offer sends new view passwords to one agent, the first that answers: of computers that
// change them at the same moment, that decides. It returns which agent took them, or what
// another computer has given it meanwhile.
func (k *Keeper) offer(ctx context.Context, agents []opens, s secret) (theirs api.Passwords, taker string) {
	for _, o := range agents {
		asking, cancel := context.WithTimeout(ctx, freshWithin)
		err := k.cfg.Client.Tell(asking, o.at, http.MethodPut, api.PasswordsPath, s.forAgents())
		if f := client.FailureOf(err); f != nil && f.Code == api.CodeStale {
			theirs, err = k.cfg.Client.Passwords(asking, o.at)
			cancel()
			if err == nil && s.signed(theirs) {
				return theirs, ""
			}
			continue
		}
		cancel()
		if err == nil {
			return theirs, o.ID
		}
	}
	return api.Passwords{}, ""
}

// asOnAgents takes in the newest view passwords of some agents that answer.
func (k *Keeper) asOnAgents(ctx context.Context, home string, s secret) secret {
	return k.asKept(ctx, s, k.reachable(ctx, home))
}

// reachable returns some agents of a household that answer, in the same order on all
// computers.
func (k *Keeper) reachable(ctx context.Context, home string) (list []opens) {
	agents := k.cfg.Agents()
	slices.SortFunc(agents, func(a, b Agent) int { return strings.Compare(a.ID, b.ID) })
	for _, a := range agents {
		k.mu.Lock()
		p := k.pins[a.ID]
		k.mu.Unlock()
		if p.home != home || !a.Answers || a.Access != cameras.AccessLocked {
			continue
		}
		if at, r := k.reach(ctx, a); r.Code == NoCode {
			list = append(list, opens{Agent: a, shown: p.spki, at: at})
		}
		if len(list) == maxHello {
			break
		}
	}
	return list
}

// change replaces what is kept of a household.
func (k *Keeper) change(ctx context.Context, home string, change func(secret) (secret, Code)) Code {
	end, ok := k.begin(ctx)
	if !ok {
		return NotKept
	}
	defer end()
	k.waitForKeys(ctx)
	s, code := k.secretOf(home)
	if code != NoCode {
		return code
	}
	if s, code = change(s); code != NoCode {
		return code
	}
	return k.keep(ctx, home, "", s)
}

// Rename names a household on this computer.
func (k *Keeper) Rename(id, name string) Code {
	name, ok := title(name)
	if !ok {
		return BadName
	}
	k.mu.Lock()
	h := k.home(id)
	taken := slices.ContainsFunc(k.homes, func(o *home) bool { return o != h && o.name == name })
	if h != nil && !taken {
		h.name = name
	}
	k.mu.Unlock()
	switch {
	case h == nil:
		return Unknown
	case taken:
		return Taken
	case k.save() != nil:
		return NotKept
	}
	return NoCode
}

// Leave forgets a household on this computer. Its agents stay locked. Nothing has changed
// when the keychain does not forget the key.
func (k *Keeper) Leave(ctx context.Context, home string) Code {
	end, ok := k.begin(ctx)
	if !ok {
		return NotKept
	}
	defer end()
	k.mu.Lock()
	known := k.home(home) != nil
	k.mu.Unlock()
	if !known {
		return Unknown
	}
	if k.cfg.Secrets != nil {
		ctx, cancel := context.WithTimeout(ctx, keepWithin)
		defer cancel()
		if err := k.cfg.Secrets.Delete(ctx, secretName(home)); err != nil {
			k.cfg.Logger.Error("the key of a household could not be forgotten", "household", home, "error", err)
			return NotForgotten
		}
	}
	k.mu.Lock()
	if k.lock != nil && k.lock.home == home {
		k.lock.cancel()
		k.lock = nil
	}
	k.mu.Unlock()
	k.drop(home)
	return NoCode
}
