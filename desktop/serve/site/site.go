// Package site serves the grid to browsers over TCP: it guards what may look and lets
// nothing be changed.
package site

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"time"

	"pigrid/desktop/serve/login"
	"pigrid/desktop/serve/relay"
)

// Config is what a Site needs. Page, Grid, Relay, Targets and Log are required.
type Config struct {
	Page  fs.FS        // the built page, index.html at the top
	Grid  http.Handler // what it asks; see [gridapi.Server.Viewers]
	Relay *relay.Relay
	// Targets tells Prometheus which agents there are.
	Targets http.Handler
	Gate    *login.Gate // nil: everybody on the network may watch

	AllowHosts []string       // further Host names
	AllowFrom  []netip.Prefix // further networks clients may come from
	TrustProxy []netip.Prefix // proxies that are believed
	UserHeader string         // by which they say who is logged in, empty for none
	Log        *slog.Logger
}

const (
	// headerTime is how long a client may take to send a request, bodyTime for what
	// follows.
	headerTime = 5 * time.Second
	bodyTime   = 15 * time.Second
	// answerTime is how long an answer may take; streams have limits of their own.
	answerTime = 60 * time.Second
	// keepIdle is how long an idle connection is kept for the next request.
	keepIdle = 60 * time.Second
	// maxHeader is how long the lines of a request's header may be together, in bytes.
	// net/http allows for 4 KiB more.
	maxHeader = 8 << 10
	// drainTime is how long running answers may take at the end.
	drainTime = 500 * time.Millisecond
)

// Site answers browsers and programs.
type Site struct {
	cfg     Config
	screens login.Screens // that want to be logged in
}

// New returns a Site that is not listening yet.
func New(cfg Config) *Site { return &Site{cfg: cfg} }

// Handler returns what is served. Streams end with ctx.
func (s *Site) Handler(ctx context.Context) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/frames", only(s.cfg.Grid, http.MethodPost))
	mux.Handle("/call/{command}", only(s.cfg.Grid, http.MethodPost))
	mux.Handle("/frame", only(s.cfg.Grid, http.MethodGet, http.MethodHead))
	mux.Handle("/cameras", only(http.HandlerFunc(s.cfg.Relay.List), http.MethodGet, http.MethodHead))
	mux.Handle("/cameras/{camera...}", only(s.cfg.Relay.Camera(ctx), http.MethodGet, http.MethodHead))
	mux.Handle("/prometheus/targets", only(s.cfg.Targets, http.MethodGet, http.MethodHead))
	mux.Handle(loginPath, only(http.HandlerFunc(s.login), http.MethodGet, http.MethodHead, http.MethodPost))
	mux.Handle(screenPath, only(http.HandlerFunc(s.screen), http.MethodGet, http.MethodHead, http.MethodPost))
	mux.Handle(devicePath, only(http.HandlerFunc(s.device), http.MethodGet, http.MethodHead, http.MethodPost))
	mux.Handle(loginPath+"/{asset}", only(http.HandlerFunc(loginAsset), http.MethodGet, http.MethodHead))
	mux.Handle("/healthz", only(http.HandlerFunc(alive), http.MethodGet, http.MethodHead))
	mux.Handle("/", only(s.page(), http.MethodGet, http.MethodHead))
	return headers(s.believeProxy(s.guardClient(s.guardHost(sameOrigin(s.guardLogin(mux))))))
}

func alive(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte("ok\n"))
}

// Serve answers requests on ln until ctx ends; then it closes every connection and waits
// for every stream. It returns nil after a regular end.
func (s *Site) Serve(ctx context.Context, ln net.Listener) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	srv := &http.Server{
		Handler:           s.Handler(ctx),
		ReadHeaderTimeout: headerTime, ReadTimeout: bodyTime, WriteTimeout: answerTime, IdleTimeout: keepIdle,
		MaxHeaderBytes:               maxHeader - 4<<10,
		ErrorLog:                     slog.NewLogLogger(s.cfg.Log.Handler(), slog.LevelDebug),
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
	err := srv.Serve(limit(ln, s.trusts, s.cfg.Log))
	cancel()
	if !stop() {
		<-stopped
	}
	s.cfg.Relay.Wait()
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}
