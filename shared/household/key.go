package household

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"log/slog"
)

const (
	keyDigits  = 20 // 100 random bits
	keyGroup   = 5
	viewDigits = 16 // 80 random bits
	viewGroup  = 4
)

// Key is a household key, H. It never appears in texts or logs but by Reveal. The
// zero Key is none.
type Key struct{ text string }

// NewKey makes a random key.
func NewKey() Key { return Key{random(keyDigits)} }

// ParseKey reads a key that somebody typed, in any case and grouping. The error
// says what is wrong with it and never repeats it.
func ParseKey(typed string) (Key, error) {
	text, err := plain(typed, keyDigits)
	return Key{text}, err
}

// Reveal returns the key as people write it: four groups of five characters.
func (k Key) Reveal() string { return grouped(k.text, keyGroup) }

// IsZero reports whether there is no key.
func (k Key) IsZero() bool { return k.text == "" }

// ForAgent returns the key of one agent: id is its UUID, spki the SHA-256 of the
// public key in its certificate. Who claims the id with another certificate gets a
// key that fits nobody else.
func (k Key) ForAgent(id string, spki Hash) AgentKey {
	return AgentKey(mac([]byte(k.text), []byte("pigrid/1"), []byte(id), spki[:]))
}

// Sign is a code that only who has the key can make (HMAC). The first part says what is
// signed.
func (k Key) Sign(parts ...string) Hash {
	all := [][]byte{[]byte("sign")}
	for _, p := range parts {
		all = append(all, []byte(p))
	}
	return mac([]byte(k.text), all...)
}

// AgentKey is the key of one agent, K.
type AgentKey Hash

// Proof is what an agent answers to a nonce to show that it has the key. A proof
// fits no other nonce.
func (k AgentKey) Proof(nonce Hash) Hash { return mac(k[:], []byte("agent"), nonce[:]) }

// Bearer is what the app sends to show that it has the key, as hex after
// "Authorization: Bearer" (RFC 6750), over TLS only.
func (k AgentKey) Bearer() Hash { return mac(k[:], []byte("app")) }

// Cookie is the key of the cookies that a view password gives.
func (k AgentKey) Cookie(view Hash) Hash { return mac(k[:], []byte("cookie"), view[:]) }

// ViewPassword is a view password, V. The zero one is none.
type ViewPassword struct{ text string }

// NewViewPassword makes a random one.
func NewViewPassword() ViewPassword { return ViewPassword{random(viewDigits)} }

// ParseViewPassword reads a view password that somebody typed, in any case and
// grouping. The error never repeats it.
func ParseViewPassword(typed string) (ViewPassword, error) {
	text, err := plain(typed, viewDigits)
	return ViewPassword{text}, err
}

// Reveal returns it as people write it: four groups of four characters.
func (v ViewPassword) Reveal() string { return grouped(v.text, viewGroup) }

// Hash is what an agent keeps of it.
func (v ViewPassword) Hash() Hash { return sha256.Sum256([]byte(v.text)) }

// Hash is 32 bytes, written as 64 hex digits in JSON.
type Hash [sha256.Size]byte

// ErrHash says that a text is not 64 hex digits.
var ErrHash = errors.New("it is not 64 hex digits")

// ParseHash reads 64 hex digits.
func ParseHash(text string) (h Hash, err error) {
	if len(text) != hex.EncodedLen(len(h)) {
		return h, ErrHash
	}
	if _, err := hex.Decode(h[:], []byte(text)); err != nil {
		return Hash{}, ErrHash
	}
	return h, nil
}

// Hex writes it as 64 hex digits.
func (h Hash) Hex() string { return hex.EncodeToString(h[:]) }

// MarshalText implements [encoding.TextMarshaler].
func (h Hash) MarshalText() ([]byte, error) { return []byte(h.Hex()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (h *Hash) UnmarshalText(text []byte) (err error) {
	*h, err = ParseHash(string(text))
	return err
}

// Equal compares in constant time.
func (h Hash) Equal(o Hash) bool { return hmac.Equal(h[:], o[:]) }

// mac is HMAC-SHA256 over the parts, each after its length, so that no two lists of
// parts give the same bytes.
func mac(key []byte, parts ...[]byte) (h Hash) {
	m := hmac.New(sha256.New, key)
	for _, p := range parts {
		m.Write([]byte{byte(len(p) >> 8), byte(len(p))})
		m.Write(p)
	}
	copy(h[:], m.Sum(nil))
	return h
}

// hidden is what texts and logs show of keys.
const hidden = "(hidden)"

// String implements [fmt.Stringer].
func (Key) String() string { return hidden }

// GoString implements [fmt.GoStringer].
func (Key) GoString() string { return hidden }

// LogValue implements [slog.LogValuer].
func (Key) LogValue() slog.Value { return slog.StringValue(hidden) }

// String implements [fmt.Stringer].
func (ViewPassword) String() string { return hidden }

// GoString implements [fmt.GoStringer].
func (ViewPassword) GoString() string { return hidden }

// LogValue implements [slog.LogValuer].
func (ViewPassword) LogValue() slog.Value { return slog.StringValue(hidden) }

// String implements [fmt.Stringer].
func (Hash) String() string { return hidden }

// GoString implements [fmt.GoStringer].
func (Hash) GoString() string { return hidden }

// LogValue implements [slog.LogValuer].
func (Hash) LogValue() slog.Value { return slog.StringValue(hidden) }

// String implements [fmt.Stringer].
func (AgentKey) String() string { return hidden }

// GoString implements [fmt.GoStringer].
func (AgentKey) GoString() string { return hidden }

// LogValue implements [slog.LogValuer].
func (AgentKey) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText implements [encoding.TextMarshaler].
func (k AgentKey) MarshalText() ([]byte, error) { return Hash(k).MarshalText() }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (k *AgentKey) UnmarshalText(text []byte) error { return (*Hash)(k).UnmarshalText(text) }
