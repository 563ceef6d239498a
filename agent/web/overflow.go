package web

import (
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"pigrid/shared/api"
)

const (
	// maxRefused is how many connections that there is no room for are told so at once.
	// Those beyond are closed.
	maxRefused = 16
	// refuseWithin is how long telling one may take, its TLS handshake included.
	refuseWithin = 2 * time.Second
)

// overflow is a listener of connections that there is no room for. Whether they want HTTP
// or TLS is not known before they have said something: an answer in the other one would
// look to the app as if somebody answered in the agent's place.
type overflow struct {
	next   chan *conn
	places chan struct{}
	closed chan struct{}
	close  func()
}

func newOverflow() *overflow {
	o := &overflow{next: make(chan *conn, maxRefused), places: make(chan struct{}, maxRefused), closed: make(chan struct{})}
	o.close = sync.OnceFunc(func() { close(o.closed) })
	return o
}

// take takes a connection over, if there is a place. It waits for nobody.
func (o *overflow) take(c *conn) bool {
	select {
	case o.places <- struct{}{}:
	default:
		return false
	}
	late := time.AfterFunc(refuseWithin, func() { _ = c.Conn.Close() })
	c.leave = sync.OnceFunc(func() {
		late.Stop()
		<-o.places
	})
	o.next <- c // never full: it has room for all places
	return true
}

// Accept implements [net.Listener].
func (o *overflow) Accept() (net.Conn, error) {
	select {
	case c := <-o.next:
		return c, nil
	case <-o.closed:
		return nil, net.ErrClosed
	}
}

// Close implements [net.Listener].
func (o *overflow) Close() error { o.close(); return nil }

// Addr implements [net.Listener].
func (o *overflow) Addr() net.Addr { return &net.TCPAddr{} }

// refuseAll tells whoever there is no room for, until stop is called.
func (s *Server) refuseAll() (stop func()) {
	o := s.overflow
	srv := &http.Server{
		Handler:           s.guardClient(s.guardHost(http.HandlerFunc(tooManyConnections))),
		ReadHeaderTimeout: refuseWithin, MaxHeaderBytes: maxHeader - slopOfNet,
		ErrorLog:                     slog.NewLogLogger(s.cfg.Log.Handler(), slog.LevelDebug),
		DisableGeneralOptionsHandler: true,
	}
	srv.SetKeepAlivesEnabled(false)
	var serving sync.WaitGroup
	serving.Go(func() { _ = srv.Serve(o) }) // ends with Close only
	return func() {
		_ = srv.Close()
		serving.Wait()
		for {
			select {
			case c := <-o.next:
				_ = c.Close()
			default:
				return
			}
		}
	}
}

func tooManyConnections(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Retry-After", "2")
	fail(w, r, api.Refusal{
		Status: http.StatusServiceUnavailable, Code: api.CodeTooManyConnections, Title: "Too many connections",
		Detail: "This agent answers as many requests as it can.", Hint: "Try again in two seconds.",
	})
}
