package households

import "pigrid/shared/api"

// Code says for programs why something about access came to nothing. The codes of an
// agent that refuses are those of [api.Code].
type Code string

// The codes.
const (
	NoCode       Code = ""
	BadKey       Code = "bad-key"       // what was typed is no household key
	BadName      Code = "bad-name"      // empty, too long, or with control characters
	NoneOpens    Code = "none-opens"    // the key opens none of the locked agents
	NotKept      Code = "not-kept"      // neither the keychain nor a file could keep it; nothing has changed
	NotForgotten Code = "not-forgotten" // the keychain does not forget the key; nothing has changed
	Unknown      Code = "unknown"       // there is no such household, agent, camera or password
	NoAnswer     Code = "no-answer"     // the agent does not answer
	Unreadable   Code = "unreadable"    // the keychain does not hand out the key
	NeedsKey     Code = "needs-key"     // the agent is locked, and its key is not here
	NotYours     Code = "not-yours"     // it proved none of the keys that are here
	ChangedKey   Code = "changed-key"   // it has another public key than before
	Ambiguous    Code = "ambiguous"     // several answer in its place, with different public keys
	StillOpen    Code = "still-open"    // it said that it is locked, and it is open
	NoTLS        Code = "no-tls"        // its program is older than access
	Full         Code = "full"          // there are as many as there can be
	Taken        Code = "taken"         // the name is another's
	Last         Code = "last"          // an agent needs one view password
	Busy         Code = "busy"          // agents of another household are being locked
	TooMuch      Code = "too-much"      // its answer is too long, or not as it must be
	Refused      Code = "refused"       // it refuses, and its words say why
	Conflict     Code = "conflict"      // another computer has changed the view passwords at the same moment
	Claimed      Code = "claimed"       // it has an owner already
	ClaimClosed  Code = "claim-closed"  // it must be unplugged and plugged in again
	HeldOpen     Code = "held-open"     // a file on its card keeps it open
	NotStored    Code = "not-stored"    // it could not save that
)

// Codes lists all of them.
func Codes() []Code {
	return []Code{
		NoCode, BadKey, BadName, NoneOpens, NotKept, Unknown, NoAnswer, Unreadable, NeedsKey, NotYours, ChangedKey, StillOpen,
		NoTLS, Full, Taken, Last, Busy, TooMuch, Refused, Claimed, ClaimClosed, HeldOpen, NotStored, NotForgotten, Ambiguous, Conflict,
	}
}

// codeOf is our code for an agent's.
func codeOf(code api.Code) Code {
	switch code {
	case api.CodeClaimed:
		return Claimed
	case api.CodeClaimClosed:
		return ClaimClosed
	case api.CodeHeldOpen:
		return HeldOpen
	case api.CodeNotKept:
		return NotStored
	case api.CodeLocked, api.CodeWrongLogin:
		return NeedsKey
	default:
		return Refused
	}
}
