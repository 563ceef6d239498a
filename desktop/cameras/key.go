package cameras

import "strings"

const agentPrefix = "agent:"

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
