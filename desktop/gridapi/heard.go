package gridapi

import (
	"cmp"
	"slices"

	"pigrid/desktop/cameras"
)

// maxHeard is how many agents the page is told of.
const maxHeard = 64

// Heard is what answers why a camera is not seen.
type Heard struct {
	Agents []HeardAgent `json:"agents"` // that were heard of or typed in, never null, at most 64
	// Forgotten is how many agents and cameras are not shown because a person forgot them
	// while they answered, Declined how many because a person said no to them.
	Forgotten int `json:"forgotten"`
	Declined  int `json:"declined"`
}

// HeardAgent is an agent that was heard of on the network, or is remembered.
type HeardAgent struct {
	Name    string         `json:"name"`    // empty before its first answer
	Address string         `json:"address"` // host:port, of the best one
	Answers bool           `json:"answers"` // it answered the last question
	Cameras int            `json:"cameras"` // that it has
	Reason  cameras.Reason `json:"reason"`  // why it does not answer
	Detail  string         `json:"detail"`  // the raw cause
}

// heard lists the agents, those that do not answer first.
func (s *Server) heard() *Heard {
	h := &Heard{Agents: []HeardAgent{}, Forgotten: s.engine.Roster.Forgotten(), Declined: s.engine.Keeper.DeclinedCount()}
	for _, a := range s.engine.Roster.Agents() {
		one := HeardAgent{Name: a.Name, Answers: a.Answered, Cameras: a.Cameras}
		if len(a.Addresses) > 0 {
			one.Address = a.Addresses[0]
		}
		if a.Failure != nil {
			one.Reason, one.Detail = a.Failure.Reason, a.Failure.Detail
		}
		h.Agents = append(h.Agents, one)
	}
	slices.SortFunc(h.Agents, func(a, b HeardAgent) int {
		if a.Answers != b.Answers {
			return map[bool]int{false: -1, true: 1}[a.Answers]
		}
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Address, b.Address))
	})
	h.Agents = h.Agents[:min(len(h.Agents), maxHeard)]
	return h
}
