package households

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"slices"
	"strings"
	"time"

	"pigrid/shared/api"
	"pigrid/shared/household"
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
}

// secret is what is kept among the secrets. It is never changed in place.
type secret struct {
	key       household.Key
	serial    int             // of the key; those before it have the numbers before it
	older     []household.Key // the newest first
	passwords []password
	version   int // of the passwords
}

// password is a view password. Its text is not known when another computer made it.
type password struct {
	name  string
	hash  household.Hash
	until time.Time // zero for never
	text  household.ViewPassword
}

// here reports whether this computer knows its text.
func (p password) here() bool { return p.text != household.ViewPassword{} }

// The methods of keys hide them from fmt and slog in exported fields only; these do in
// the fields above.

// String implements [fmt.Stringer].
func (secret) String() string { return "(hidden)" }

// GoString implements [fmt.GoStringer].
func (secret) GoString() string { return "(hidden)" }

// LogValue implements [slog.LogValuer].
func (secret) LogValue() slog.Value { return slog.StringValue("(hidden)") }

// String implements [fmt.Stringer].
func (password) String() string { return "(hidden)" }

// GoString implements [fmt.GoStringer].
func (password) GoString() string { return "(hidden)" }

// stored is a secret as JSON, the only form in which keys are in clear.
type stored struct {
	Key       string           `json:"key"`
	Serial    int              `json:"serial"`
	Older     []string         `json:"older,omitempty"`
	Passwords []storedPassword `json:"passwords"`
	Version   int              `json:"version"`
}

type storedPassword struct {
	Name  string         `json:"name"`
	Hash  household.Hash `json:"hash,omitzero"` // where there is no text
	Until time.Time      `json:"until,omitzero"`
	Text  string         `json:"text,omitempty"`
}

func (s secret) encode() string {
	out := stored{Key: s.key.Reveal(), Serial: s.serial, Version: s.version}
	for _, o := range s.older {
		out.Older = append(out.Older, o.Reveal())
	}
	for _, p := range s.passwords {
		one := storedPassword{Name: p.name, Until: p.until}
		if p.here() {
			one.Text = p.text.Reveal()
		} else {
			one.Hash = p.hash
		}
		out.Passwords = append(out.Passwords, one)
	}
	data, _ := json.Marshal(out) // strings, numbers and times always marshal
	return string(data)
}

// decode reads a secret. It reports whether it is one.
func decode(text string) (s secret, ok bool) {
	var in stored
	if json.Unmarshal([]byte(text), &in) != nil {
		return s, false
	}
	var err error
	if s.key, err = household.ParseKey(in.Key); err != nil || in.Serial < 1 || in.Version < 0 {
		return secret{}, false
	}
	s.serial, s.version = in.Serial, in.Version
	for _, o := range in.Older[:min(len(in.Older), maxOlder)] {
		if key, err := household.ParseKey(o); err == nil {
			s.older = append(s.older, key)
		} else {
			break // the numbers of those after it would be wrong
		}
	}
	for _, p := range in.Passwords[:min(len(in.Passwords), api.MaxPasswords)] {
		one := password{name: p.Name, hash: p.Hash, until: p.Until}
		if v, err := household.ParseViewPassword(p.Text); p.Text != "" && err == nil {
			one.text, one.hash = v, v.Hash()
		}
		s.passwords = append(s.passwords, one)
	}
	return s, true
}

// numbered returns the key of a number, and whether it is still known.
func (s secret) numbered(serial int) (household.Key, bool) {
	switch back := s.serial - serial; {
	case s.key.IsZero() || back < 0 || back > len(s.older):
		return household.Key{}, false
	case back == 0:
		return s.key, true
	default:
		return s.older[back-1], true
	}
}

// withKey returns it with another newest key.
func (s secret) withKey(key household.Key) secret {
	s.older = append([]household.Key{s.key}, s.older[:min(len(s.older), maxOlder-1)]...)
	s.key, s.serial = key, s.serial+1
	return s
}

// forAgents is the passwords as agents keep them, signed with the newest key.
func (s secret) forAgents() api.Passwords {
	list := make([]api.ViewPassword, len(s.passwords))
	for i, p := range s.passwords {
		list[i] = api.ViewPassword{Name: p.name, Hash: p.hash}
		if !p.until.IsZero() {
			list[i].Until = p.until.UTC().Format(time.RFC3339)
		}
	}
	return api.Passwords{Passwords: list, Version: s.version}.SignedBy(s.key)
}

// signed reports whether a computer of the household made this list.
func (s secret) signed(p api.Passwords) bool {
	return slices.ContainsFunc(append([]household.Key{s.key}, s.older...), p.IsSignedBy)
}

// adopt takes in the passwords that an agent keeps when they are newer: another computer
// has changed them. An agent cannot make such a list: see [api.Passwords]. Texts that
// are known stay known. What no other agent would take is left out.
func (s secret) adopt(p api.Passwords) secret {
	if p.Version < s.version || !s.signed(p) {
		return s
	}
	var kept []password
	for _, l := range p.Passwords {
		twice := slices.ContainsFunc(kept, func(p password) bool { return p.name == l.Name })
		if twice || !api.GoodName(l.Name) || l.Hash == (household.Hash{}) {
			continue
		}
		one := password{name: l.Name, hash: l.Hash}
		var err error
		if one.until, err = time.Parse(time.RFC3339, l.Until); err != nil && l.Until != "" {
			continue
		}
		for _, old := range s.passwords {
			if old.hash.Equal(l.Hash) {
				one.text = old.text
			}
		}
		kept = append(kept, one)
	}
	if len(kept) > 0 {
		s.passwords, s.version = kept, p.Version
	}
	return s
}

// named returns where a password is, -1 for nowhere.
func (s secret) named(name string) int {
	return slices.IndexFunc(s.passwords, func(p password) bool { return p.name == name })
}

// newPassword makes a view password.
func newPassword(name string, until time.Time) password {
	v := household.NewViewPassword()
	return password{name: name, hash: v.Hash(), until: until.Truncate(time.Second), text: v}
}

// secretName is under what name the secret of a household is kept.
func secretName(home string) string { return "household:" + home }

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
	if k.cfg.Secrets == nil {
		return NotKept
	}
	ctx, cancel := context.WithTimeout(ctx, keepWithin)
	defer cancel()
	if err := k.cfg.Secrets.Set(ctx, secretName(id), s.encode()); err != nil {
		k.cfg.Logger.Error("the key of a household could not be kept", "household", id, "error", err)
		return NotKept
	}
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
