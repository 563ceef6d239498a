package households

import (
	"slices"

	"pigrid/shared/household"
)

// ownChange is what was changed of the view passwords on this computer last.
type ownChange struct {
	made []password       // that are new, or have another name or end
	gone []household.Hash // that were removed
}

// changeOf compares passwords before and after a change.
func changeOf(before, after []password) (c ownChange) {
	for _, p := range after {
		if !slices.ContainsFunc(before, p.same) {
			c.made = append(c.made, p)
		}
	}
	for _, p := range before {
		if !slices.ContainsFunc(after, func(a password) bool { return a.hash.Equal(p.hash) }) {
			c.gone = append(c.gone, p.hash)
		}
	}
	return c
}

// stands reports whether a change is still in these passwords.
func (c ownChange) stands(in []password) bool {
	for _, p := range c.made {
		if !slices.ContainsFunc(in, p.same) {
			return false
		}
	}
	for _, hash := range c.gone {
		if slices.ContainsFunc(in, func(p password) bool { return p.hash.Equal(hash) }) {
			return false
		}
	}
	return true
}

func (p password) same(as password) bool {
	return p.hash.Equal(as.hash) && p.name == as.name && p.until.Equal(as.until)
}

// noteOwn notes what was changed of a household on this computer.
func (k *Keeper) noteOwn(home string, c ownChange) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if h := k.home(home); h != nil {
		h.own, h.overruled = c, false
	}
}

// checkOwn notes when what was changed on this computer does not stand any more, because
// another one was faster.
func (k *Keeper) checkOwn(home string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if h := k.home(home); h != nil && !h.own.stands(h.passwords) {
		h.own, h.overruled = ownChange{}, true
	}
}

// Seen notes that a person knows that another computer was faster.
func (k *Keeper) Seen(home string) Code {
	k.mu.Lock()
	defer k.mu.Unlock()
	h := k.home(home)
	if h == nil {
		return Unknown
	}
	h.overruled = false
	return NoCode
}
