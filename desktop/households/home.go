package households

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"pigrid/shared/api"
)

const (
	// maxOlder is how many keys before the newest one are kept, for agents that were
	// off when it was made.
	maxOlder = 8
	// keepWithin is how long the keychain may take before a file keeps a key, and
	// readWithin how long it may take to hand one out: its owner may have to unlock it.
	keepWithin = 8 * time.Second
	readWithin = time.Minute
)

// Where the key of a household is.
const (
	InKeychain  = "keychain"
	IsLoading   = "loading"    // it has not answered yet
	NotReadable = "unreadable" // it does not hand it out
)

// home is one household.
type home struct {
	id   string
	name string
	kept string // InKeychain, IsLoading or NotReadable
	// reading says that the keychain is being asked.
	reading bool
	secret
	own ownChange
	// overruled says that what was changed here does not stand: another computer was faster.
	overruled bool
}

// Load reads the keys that were not read yet. It returns at once.
func (k *Keeper) Load() {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, h := range k.homes {
		if !h.key.IsZero() || h.reading {
			continue
		}
		if k.cfg.Secrets == nil {
			h.kept = NotReadable
			continue
		}
		h.kept, h.reading = IsLoading, true
		k.cfg.Tasks.Go(func() { k.load(h.id) })
	}
}

func (k *Keeper) load(id string) {
	ctx, cancel := context.WithTimeout(k.cfg.Tasks.Context(), readWithin)
	defer cancel()
	text, err := k.cfg.Secrets.Get(ctx, secretName(id))
	read, ok := decode(text)
	k.mu.Lock()
	h := k.home(id)
	if h != nil {
		h.reading = false
	}
	if h != nil && h.key.IsZero() {
		h.kept = NotReadable
		if err == nil && ok {
			h.kept, h.secret = InKeychain, read
			k.round++
		}
	}
	k.mu.Unlock()
	if err != nil || !ok {
		k.cfg.Logger.Warn("the key of a household could not be read", "household", id, "error", err)
	}
	k.ready.Notify()
	for _, agent := range k.agentsOf(id) {
		k.cfg.Repinned(agent)
	}
	k.wake()
}

// keep replaces the secret of a household, or makes the household. Nothing has changed
// when it returns a code.
func (k *Keeper) keep(ctx context.Context, id, name string, s secret) Code {
	if code := k.store(ctx, id, s); code != NoCode {
		return code
	}
	return k.use(id, name, s)
}

// store puts the secret of a household among the secrets.
func (k *Keeper) store(ctx context.Context, id string, s secret) Code {
	if k.cfg.Secrets == nil {
		return NotKept
	}
	ctx, cancel := context.WithTimeout(ctx, keepWithin)
	defer cancel()
	if err := k.cfg.Secrets.Set(ctx, secretName(id), s.encode()); err != nil {
		k.cfg.Logger.Error("the key of a household could not be kept", "household", id, "error", err)
		return NotKept
	}
	return NoCode
}

// use makes a secret that is stored the one of its household.
func (k *Keeper) use(id, name string, s secret) Code {
	shown := k.cfg.Agents()
	k.mu.Lock()
	h := k.home(id)
	made := h == nil
	if made && len(k.homes) == 0 { // whoever is shown already is no stranger
		for _, a := range shown {
			k.known[a.ID] = k.known[a.ID] || !a.Access.Denies()
		}
	}
	if made {
		h = &home{id: id, name: name}
		k.homes = append(k.homes, h)
	}
	h.kept, h.secret = InKeychain, s
	k.round++
	clear(k.pushed) // what is new is sent at once, whatever failed before
	k.mu.Unlock()
	if made && k.save() != nil {
		k.drop(id)
		return NotKept
	}
	k.wake()
	return NoCode
}

// drop forgets a household.
func (k *Keeper) drop(id string) {
	k.mu.Lock()
	k.homes = slices.DeleteFunc(k.homes, func(h *home) bool { return h.id == id })
	var orphans []string
	for agent, p := range k.pins {
		if p.home == id {
			k.pins[agent] = pin{spki: p.spki}
			k.known[agent] = true
			orphans = append(orphans, agent)
		}
	}
	k.round++
	k.mu.Unlock()
	_ = k.save() // it says so itself
	for _, agent := range orphans {
		k.cfg.Repinned(agent)
	}
}

// home returns a household, nil when there is none of that id.
func (b *book) home(id string) *home {
	for _, h := range b.homes {
		if h.id == id {
			return h
		}
	}
	return nil
}

// secretOf returns a copy of what is kept of a household.
func (k *Keeper) secretOf(id string) (s secret, code Code) {
	k.mu.Lock()
	defer k.mu.Unlock()
	h := k.home(id)
	switch {
	case h == nil:
		return s, Unknown
	case h.key.IsZero():
		return s, Unreadable
	default:
		return h.secret, NoCode
	}
}

// agentsOf returns the ids of the agents of a household.
func (k *Keeper) agentsOf(id string) []string {
	k.mu.Lock()
	defer k.mu.Unlock()
	var list []string
	for agent, p := range k.pins {
		if p.home == id {
			list = append(list, agent)
		}
	}
	slices.Sort(list)
	return list
}

// newID makes the id of a household.
func newID() string {
	b := make([]byte, 8)
	_, _ = rand.Read(b)
	return hex.EncodeToString(b)
}

// title checks a name that a person typed, as agents do.
func title(name string) (string, bool) {
	name = strings.TrimSpace(name)
	return name, api.GoodName(name)
}
