package households

import (
	"context"

	"pigrid/desktop/cameras"
	"pigrid/shared/api"
	"pigrid/shared/endpoint"
)

// Watched is who watched an agent lately.
type Watched struct {
	Agent    Agent
	Watchers []api.Watcher
	Refusal
}

// Watchers asks who watched lately: one agent, those of a household, or all that are
// open.
func (k *Keeper) Watchers(ctx context.Context, home, agent string) []Watched {
	var list []*Watched
	for _, a := range k.cfg.Agents() {
		k.mu.Lock()
		p := k.pins[a.ID]
		k.mu.Unlock()
		if a.ID == agent || agent == "" && home != "" && p.home == home || agent == "" && home == "" && a.Access == cameras.AccessOpen && !k.Stranger(a.ID) {
			list = append(list, &Watched{Agent: a})
		}
	}
	ctx, cancel := context.WithTimeout(ctx, joinWithin)
	defer cancel()
	each(list, func(w *Watched) { w.Watchers, w.Refusal = k.watchersOf(ctx, w.Agent) })
	all := make([]Watched, len(list))
	for i, w := range list {
		all[i] = *w
	}
	return all
}

func (k *Keeper) watchersOf(ctx context.Context, a Agent) ([]api.Watcher, Refusal) {
	if k.cfg.Client == nil {
		return nil, Refusal{Code: NoAnswer}
	}
	if k.Pinned(a.ID) {
		at, r := k.reach(ctx, a)
		if r.Code != NoCode {
			return nil, r
		}
		list, err := k.cfg.Client.Watchers(ctx, at)
		return list, refusalOf(err)
	}
	r := Refusal{Code: NoAnswer}
	for _, address := range a.Addresses[:min(len(a.Addresses), maxHello)] {
		list, err := k.cfg.Client.Watchers(ctx, endpoint.HTTP(address))
		if r = refusalOf(err); r.Code == NoCode {
			return list, r
		}
	}
	return nil, r
}

// refusalOf is [refusal] of what may be no error.
func refusalOf(err error) Refusal {
	if err == nil {
		return Refusal{}
	}
	return refusal(err)
}
