package cameras

// Access says who may watch an agent's cameras, as far as this computer knows.
type Access string

// What is known of access.
const (
	NoAccess     Access = ""            // nobody knows, or there is no such thing
	AccessOpen   Access = "open"        // everybody on its network
	AccessLocked Access = "locked"      // who has a key, and this computer has it
	NeedsKey     Access = "needs-key"   // see [ReasonNeedsKey]
	NotYours     Access = "not-yours"   // see [ReasonNotYours]
	ChangedKey   Access = "changed-key" // see [ReasonChangedKey]
	NoKeychain   Access = "keychain"    // see [ReasonKeychain]
)

// Accesses lists all of them.
func Accesses() []Access {
	return []Access{NoAccess, AccessOpen, AccessLocked, NeedsKey, NotYours, ChangedKey, NoKeychain}
}

// denied is why this computer gets no pictures of an agent with this access, NoReason
// when it may.
func (a Access) denied() Reason {
	switch a {
	case NeedsKey, NotYours, ChangedKey, NoKeychain:
		return Reason(a)
	default:
		return NoReason
	}
}

// Denies reports whether this computer gets no pictures.
func (a Access) Denies() bool { return a.denied() != NoReason }
