package cameras

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

const (
	agentPrefix   = "agent:"
	foreignPrefix = "url:"
	// hashLength is how many hex digits name a foreign camera.
	hashLength = 16
)

// Key names one camera of one agent everywhere in the app: agent:<id>/<camera>.
func Key(agent, camera string) string { return agentPrefix + agent + "/" + camera }

// SplitKey undoes [Key].
func SplitKey(key string) (agent, camera string, ok bool) {
	rest, ok := strings.CutPrefix(key, agentPrefix)
	if !ok {
		return "", "", false
	}
	agent, camera, ok = strings.Cut(rest, "/")
	return agent, camera, ok && ValidID(agent) && ValidID(camera)
}

// ForeignKey names a camera that has no agent, by its normalised URL:
// url:<16 hex digits>.
func ForeignKey(url string) string {
	sum := sha256.Sum256([]byte(url))
	return foreignPrefix + hex.EncodeToString(sum[:])[:hashLength]
}

// IsForeign reports whether a key names a camera that has no agent.
func IsForeign(key string) bool {
	hash, ok := strings.CutPrefix(key, foreignPrefix)
	return ok && len(hash) == hashLength && strings.Trim(hash, "0123456789abcdef") == ""
}

// ValidKey reports whether a key names a camera, with an agent or without.
func ValidKey(key string) bool {
	_, _, ok := SplitKey(key)
	return ok || IsForeign(key)
}

// ValidID reports whether s can be the id of an agent or of a camera: 1 to 64
// of [a-z0-9-].
func ValidID(s string) bool {
	if s == "" || len(s) > 64 {
		return false
	}
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}
