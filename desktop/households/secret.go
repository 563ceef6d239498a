package households

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"slices"
	"time"

	"pigrid/shared/api"
	"pigrid/shared/household"
)

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

// beats reports whether its passwords stand where a list has the same version: two
// computers changed them at the same moment, and all must end with the same ones.
func (s secret) beats(p api.Passwords) bool {
	ours := s.forAgents().Signed
	return p.Version == s.version && len(s.passwords) > 0 && bytes.Compare(ours[:], p.Signed[:]) > 0
}

// adopt takes in the passwords that an agent keeps when they are newer: another computer
// has changed them. An agent cannot make such a list: see [api.Passwords]. Texts that
// are known stay known. What no other agent would take is left out.
func (s secret) adopt(p api.Passwords) secret {
	if p.Version < s.version || s.beats(p) || !s.signed(p) {
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
