package settings

import "pigrid/shared/household"

// Household is a household whose key is a secret of the name "household:" and its ID.
type Household struct {
	ID   string `json:"id"` // 1 to 64 of [a-z0-9-]
	Name string `json:"name"`
}

// Agent is what is believed of an agent that was locked at least once. From then on it
// is asked over TLS only.
type Agent struct {
	ID        string         `json:"id"`
	SPKI      household.Hash `json:"spki"`                // SHA-256 of its public key
	Household string         `json:"household,omitempty"` // ID, empty when its key is not here
	Key       int            `json:"key,omitempty"`       // which key of the household it has
	Passwords int            `json:"passwords,omitempty"` // which version of the view passwords it has
}

// Own is what a person said of a camera on this computer, because its agent is open.
type Own struct {
	Mounted   bool   `json:"mounted,omitempty"` // the next three were said
	Name      string `json:"name,omitempty"`
	Rotation  int    `json:"rotation,omitempty"` // degrees clockwise: 0, 90, 180, 270
	Mirror    bool   `json:"mirror,omitempty"`
	AgentName string `json:"agent_name,omitempty"`
}

func (o Own) valid() bool {
	return text(o.Name) && text(o.AgentName) && o.Rotation%90 == 0 && o.Rotation >= 0 && o.Rotation < 360 && o != Own{}
}

// validAccess leaves out what cannot be used of households and agents.
func (s Settings) validAccess() Settings {
	homes := map[string]bool{}
	s.Households = valid(s.Households, MaxHouseholds, func(h Household) (string, bool) {
		ok := id(h.ID) && text(h.Name)
		if ok {
			homes[h.ID] = true
		}
		return h.ID, ok
	})
	s.Agents = valid(s.Agents, MaxAgents, func(a Agent) (string, bool) { return a.ID, id(a.ID) && a.SPKI != household.Hash{} })
	for i, a := range s.Agents {
		if !homes[a.Household] || a.Key < 0 || a.Passwords < 0 {
			s.Agents[i].Household, s.Agents[i].Key, s.Agents[i].Passwords = "", 0, 0
		}
	}
	s.Declined = valid(s.Declined, MaxDeclined, func(d string) (string, bool) { return d, id(d) })
	if len(s.Households) == 0 && len(s.Agents) == 0 {
		s.Version = withoutAccess
	}
	return s
}

// valid returns the first of a list that are well, each once; nil when there are none.
func valid[T any](list []T, most int, check func(T) (id string, ok bool)) []T {
	var kept []T
	seen := map[string]bool{}
	for _, one := range list {
		if id, ok := check(one); ok && !seen[id] && len(kept) < most {
			seen[id] = true
			kept = append(kept, one)
		}
	}
	return kept
}

// id reports whether s is 1 to 64 of [a-z0-9-].
func id(s string) bool {
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return s != "" && len(s) <= 64
}
