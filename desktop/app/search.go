package app

import (
	"context"
	"net/netip"

	"pigrid/desktop/agents"
	"pigrid/desktop/cameras"
)

// Search asks every address of this machine's networks for an agent, for networks
// where they cannot be heard of, unless that is going on already. It returns at once; the state tells how far
// it is.
func (e *Engine) Search() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.sweep.Running || e.cfg.Sweeper == nil || !e.started {
		return
	}
	networks, err := e.cfg.Sweeper.Networks()
	hosts := agents.Hosts(networks)
	e.sweep = Search{Networks: []string{}, Total: len(hosts), Running: len(hosts) > 0}
	for _, p := range networks {
		e.sweep.Networks = append(e.sweep.Networks, p.String())
	}
	if err != nil {
		e.sweep.Problem = err.Error()
	} else if len(hosts) == 0 {
		e.sweep.Problem = noNetwork
	}
	if !e.sweep.Running {
		return
	}
	ctx, cancel := context.WithCancel(e.ctx)
	e.stopSweep = cancel
	e.cfg.Logger.Info("asking every address", "networks", e.sweep.Networks)
	e.goDo(func() { defer cancel(); e.runSweep(ctx, hosts) })
}

// noNetwork is the problem of a machine without a network to search.
const noNetwork = "no-network"

func (e *Engine) runSweep(ctx context.Context, hosts []netip.Addr) {
	e.cfg.Sweeper.Run(ctx, hosts, e.swept, func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.sweep.Done++
	})
	e.mu.Lock()
	defer e.mu.Unlock()
	e.sweep.Running = false
	e.sweep.Stopped = ctx.Err() != nil
	e.cfg.Logger.Info("asked", "addresses", e.sweep.Done, "agents", e.sweep.Answered, "new_cameras", e.sweep.Found)
}

// StopSearch ends that.
func (e *Engine) StopSearch() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.stopSweep != nil {
		e.stopSweep()
	}
}

// swept takes in an agent that answered a search: like one that was heard of,
// but it has answered already.
func (e *Engine) swept(found agents.Found) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.sweep.Answered++
	id := found.Status.ID
	a := e.agents[id]
	if e.ctx.Err() != nil || e.sentAway(id) || a == nil && !e.placeForSighted(id, hostOf(found.Address)) {
		return
	}
	addresses := []string{found.Address}
	e.ensureAgent(id, addresses)
	if a != nil && a.shown {
		return // it is asked there soon
	}
	e.sweep.Found += len(e.merge(cameras.Answer{Status: found.Status, Addresses: addresses}))
	e.aim(id, found, true)
}

// searchState is how far the search is; e.mu is held.
func (e *Engine) searchState() Search {
	s := e.sweep
	s.Networks = append([]string{}, s.Networks...)
	return s
}
