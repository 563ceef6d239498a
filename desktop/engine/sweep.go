package engine

import (
	"context"
	"log/slog"
	"net/netip"
	"sync"

	"pigrid/desktop/client"
	"pigrid/desktop/tasks"
)

// Search is the last search of whole networks, address by address; all is zero
// before the first.
type Search struct {
	Running  bool
	Done     int // addresses asked, of Total
	Total    int
	Answered int      // agents
	Found    int      // cameras that were not known before
	Networks []string // "192.168.1.0/24"
	Stopped  bool     // by the person, before all were asked
	Problem  string   // "no-network", or the system's own words
}

// noNetwork is the problem of a machine without a network to search.
const noNetwork = "no-network"

// sweep searches whole networks when a person wants it, one search at a time.
type sweep struct {
	sweeper  *client.Sweeper // nil: nobody can
	tasks    *tasks.Group
	answered func(client.Found) (fresh int)
	logger   *slog.Logger

	mu     sync.Mutex
	last   Search
	cancel context.CancelFunc // ends it
}

func newSweep(sweeper *client.Sweeper, group *tasks.Group, answered func(client.Found) int, logger *slog.Logger) *sweep {
	return &sweep{sweeper: sweeper, tasks: group, answered: answered, logger: logger}
}

func (s *sweep) start() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.last.Running || s.sweeper == nil {
		return
	}
	networks, err := s.sweeper.Networks()
	hosts := client.Hosts(networks)
	s.last = Search{Total: len(hosts), Running: len(hosts) > 0}
	for _, p := range networks {
		s.last.Networks = append(s.last.Networks, p.String())
	}
	if err != nil {
		s.last.Problem = err.Error()
	} else if len(hosts) == 0 {
		s.last.Problem = noNetwork
	}
	if !s.last.Running {
		return
	}
	ctx, cancel := context.WithCancel(s.tasks.Context())
	s.cancel = cancel
	s.logger.Info("asking every address", "networks", s.last.Networks)
	s.tasks.Go(func() { defer cancel(); s.run(ctx, hosts) })
}

func (s *sweep) run(ctx context.Context, hosts []netip.Addr) {
	s.sweeper.Run(ctx, hosts, func(found client.Found) {
		fresh := s.answered(found)
		s.note(func(last *Search) { last.Answered++; last.Found += fresh })
	}, func() { s.note(func(last *Search) { last.Done++ }) })
	s.note(func(last *Search) { last.Running, last.Stopped = false, ctx.Err() != nil })
	last := s.state()
	s.logger.Info("asked", "addresses", last.Done, "agents", last.Answered, "new_cameras", last.Found)
}

func (s *sweep) note(change func(last *Search)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.last)
}

func (s *sweep) stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cancel != nil {
		s.cancel()
	}
}

// state is how far the search is.
func (s *sweep) state() Search {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last // its Networks never change
}
