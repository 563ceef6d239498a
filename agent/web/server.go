// Package web serves an agent's cameras over HTTP: MJPEG streams, snapshots,
// the JSON API and a small page.
package web

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"pigrid/agent/access"
	"pigrid/agent/facts"
	"pigrid/agent/frames"
	"pigrid/agent/identity"
	"pigrid/shared/api"
	"pigrid/shared/slots"
)

// Config is what a Server needs to know. Cameras, Identity and Log are required.
type Config struct {
	Cameras  *frames.Set
	Identity identity.Identity
	Version  string // of the program
	Log      *slog.Logger

	// Access says who may watch and who may change the agent; nil for everybody on the
	// network, and nobody.
	Access *access.Access
	// Facts is what the owner says of the agent and its cameras; nil for nothing.
	Facts *facts.Facts

	// Announced tells where mDNS says at the moment that the agent is; nil when
	// it says nothing anywhere.
	Announced func() []api.Announced

	AllowHosts   []string       // further Host names
	AllowOrigins []string       // origins that may read answers from scripts (CORS); "*" for all
	AllowFrom    []netip.Prefix // further networks clients may come from
	MaxViewers   int            // open streams; 0 means no limit
}

const (
	// maxHeader is how long the lines of a request's header may be together, in
	// bytes. net/http allows for 4 KiB more than it is given.
	maxHeader = 8 << 10
	slopOfNet = 4 << 10
	// keepIdle is how long an idle connection is kept for the next request.
	keepIdle = 60 * time.Second
	// drainTime is how long running answers may take at the end.
	drainTime = 500 * time.Millisecond
)

// patience is how long clients are waited for.
type patience struct {
	header time.Duration // to send a request
	body   time.Duration // to send what follows, which means nothing here
	write  time.Duration // to take the next bytes of an answer
	// placeholder is how long a browser sees nothing before it is shown why,
	// and how often it is shown again.
	placeholder time.Duration
	// linger is for viewers that have closed their sending side and are sent
	// nothing. It is longer than the slowest ?fps= leaves between two frames.
	linger time.Duration
}

func usualPatience() patience {
	return patience{header: 5 * time.Second, body: 30 * time.Second, write: 15 * time.Second, placeholder: time.Second, linger: 12 * time.Second}
}

// Server answers HTTP requests for a set of cameras. It owns the connections
// of its viewers.
type Server struct {
	cfg      Config
	patience patience
	started  time.Time

	viewers   *slots.Slots // streams that run
	snapshots *slots.Slots // that wait for a picture or are sent
	slow      *slowClients
	full      seldom // slots for viewers
	crowded   seldom // slots for snapshots
	talks     seldom // viewers that send
	hasty     seldom // clients that ask too often
	guessing  seldom // clients that send wrong logins
	pacer     pacer
	watchers  watchers

	mu      sync.Mutex
	ending  bool // no stream may begin any more
	streams sync.WaitGroup

	placeholders placeholders
	overflow     *overflow // connections that there is no room for
}

// New returns a Server that is not listening yet.
func New(cfg Config) *Server {
	return &Server{
		cfg: cfg, patience: usualPatience(), started: time.Now(),
		viewers: slots.New(cfg.MaxViewers), snapshots: slots.New(maxSnapshots),
		slow: newSlowClients(slowBytes, cfg.Log), pacer: pacer{each: requestsEach}, overflow: newOverflow(),
	}
}

// Serve answers requests on ln until ctx ends; then it closes every connection
// and waits for every stream. It returns nil after a regular end.
func (s *Server) Serve(ctx context.Context, ln net.Listener) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	limits := limitListener(ln, connections(openFiles(), s.cfg.MaxViewers), s.patience.write, s.slow, s.cfg.Log)
	if s.cfg.Access != nil {
		limits.config = s.cfg.Access.TLS()
	}
	limits.refused = s.overflow
	defer s.refuseAll()()
	srv := &http.Server{
		Handler:           s.Handler(ctx),
		ReadHeaderTimeout: s.patience.header,
		IdleTimeout:       keepIdle,
		MaxHeaderBytes:    maxHeader - slopOfNet,
		ErrorLog:          slog.NewLogLogger(s.cfg.Log.Handler(), slog.LevelDebug),
		ConnState:         limits.moved,
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			return context.WithValue(ctx, connKey{}, c)
		},
		DisableGeneralOptionsHandler: true, // OPTIONS * would pass the guards
	}
	stopped := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(stopped)
		grace, done := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
		defer done()
		if srv.Shutdown(grace) != nil {
			_ = srv.Close()
		}
	})
	err := srv.Serve(limits)
	cancel()
	if !stop() {
		<-stopped
	}
	s.mu.Lock()
	s.ending = true
	s.mu.Unlock()
	s.streams.Wait()
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}
