package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"pigrid/agent/frames"
	"pigrid/shared/api"
	"pigrid/shared/mjpeg"
)

const minFPS, maxFPS = 0.1, 120

// streamHeaders stand in every stream's answer. nginx would collect frames
// without X-Accel-Buffering.
var streamHeaders = [...][2]string{
	{"Content-Type", mjpeg.ContentType},
	{"Cache-Control", "no-store"},
	{"X-Accel-Buffering", "no"},
	{"X-Content-Type-Options", "nosniff"},
	{"Connection", "close"},
}

// video answers with a stream that ends when the client leaves or ctx ends.
func (s *Server) video(ctx context.Context) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		hub, ok := s.hub(w, r, chi.URLParam(r, "id"))
		if !ok {
			return
		}
		fps, err := parseFPS(r.URL.Query().Get("fps"))
		if err != nil {
			fail(w, r, api.Refusal{Status: http.StatusBadRequest, Title: "Invalid frame rate", Detail: err.Error()})
			return
		}
		width, ok := widthOf(w, r)
		if !ok {
			return
		}
		if r.Method == http.MethodHead {
			for _, h := range streamHeaders {
				w.Header().Set(h[0], h[1])
			}
			return
		}
		seen := s.watchers.came(r, time.Now())
		ctx, cancel := context.WithCancelCause(ctx)
		leave := s.enter(r, hub.Camera().ID, cancel)
		if leave == nil {
			cancel(nil)
			seen()
			w.Header().Set("Retry-After", "5")
			fail(w, r, api.Refusal{
				Status: http.StatusServiceUnavailable, Code: api.CodeTooManyViewers, Title: "Too many viewers",
				Detail: fmt.Sprintf("This agent serves %d streams at once, and all are in use.", s.cfg.MaxViewers),
				Hint:   "Close one, or start the agent with a higher --max-viewers.",
			})
			return
		}
		stop := context.AfterFunc(validOf(r), func() { cancel(errAccess) })
		s.takeOver(ctx, w, r, hub, rendition{fps, width}, func() { stop(); leave(); seen() })
	}
}

// errAccess ends a stream because who may watch has changed.
var errAccess = errors.New("who may watch has changed")

// errMadeRoom ends a stream or a snapshot whose slot goes to another client.
var errMadeRoom = errors.New("made room for a client of another address")

// enter takes one of the slots for viewers, from another client where that is
// fair. What it returns gives the slot back and calls cancel; it is nil when there is
// no slot. cancel ends the stream.
func (s *Server) enter(r *http.Request, camera string, cancel context.CancelCauseFunc) (leave func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ending {
		return nil
	}
	client := clientOf(r)
	mine, moved := s.viewers.Take(client, camera, func() { cancel(errMadeRoom) })
	if (mine == nil || moved != nil) && s.full.now() {
		s.cfg.Log.Warn("the limit of viewers is reached; the client with the most streams makes room for others, and further requests get 503",
			"limit", s.cfg.MaxViewers, "client", client, "hint", "raise it with --max-viewers")
	}
	if mine == nil {
		return nil
	}
	s.streams.Add(1)
	return func() {
		cancel(nil)
		s.viewers.Leave(mine)
		s.streams.Done()
	}
}

// parseFPS reads ?fps=; 0 means every frame.
func parseFPS(text string) (float64, error) {
	if text == "" {
		return 0, nil
	}
	fps, err := strconv.ParseFloat(text, 64)
	if err != nil || !(fps >= minFPS && fps <= maxFPS) {
		return 0, fmt.Errorf("fps must be a number from %v to %v", minFPS, maxFPS)
	}
	return fps, nil
}

// wantsAdvance reports whether the next part's header is to be sent ahead of
// its picture. Browsers draw a part only when the next one begins, so they get
// it; other programs want a Content-Length and get that.
func wantsAdvance(r *http.Request) bool {
	switch r.URL.Query().Get("advance") {
	case "1":
		return true
	case "0":
		return false
	}
	return fromBrowser(r)
}

// fromBrowser reports whether a request is plainly a browser's: for an <img>,
// or from the address bar.
func fromBrowser(r *http.Request) bool {
	accept := r.Header.Get("Accept")
	return strings.HasPrefix(accept, "image/") || strings.HasPrefix(accept, "text/html")
}

// takeOver takes the connection away from net/http, which costs twice as much
// per frame and hides when the client leaves, and writes frames to it. The
// stream runs in a goroutine of its own, counted in s.streams: so net/http's
// buffers and stack, half of what a viewer costs, are given back.
func (s *Server) takeOver(ctx context.Context, w http.ResponseWriter, r *http.Request, hub *frames.Hub, asked rendition, leave func()) {
	taken, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		leave()
		fail(w, r, api.Refusal{
			Status: http.StatusHTTPVersionNotSupported, Title: "HTTP/1 only",
			Detail: "Streams are served over HTTP/1.0 and 1.1.",
		})
		return
	}
	_ = taken.SetDeadline(time.Time{}) // limitTime has set one
	c, ok := taken.(*conn)
	if !ok {
		c = newConn(taken, s.patience.write, s.slow)
	}
	out := &stream{conn: c, patience: s.patience, advance: wantsAdvance(r), rare: asked != rendition{}}
	if wantsPlaceholder(r) {
		out.placeholder = func() (mjpeg.Part, bool) { return s.placeholders.get(hub, s.cameraName(hub)) }
	}
	head, client := opening(r, w.Header()), r.RemoteAddr
	go func() {
		defer leave()
		defer func() { _ = c.Close() }()
		defer s.logPanic()
		s.stream(ctx, out, hub, asked, head, client)
	}()
}

// logPanic keeps a mistake in one stream from taking all cameras down, as
// net/http does for its own goroutines.
func (s *Server) logPanic() {
	if p := recover(); p != nil {
		s.cfg.Log.Error("a stream failed; please report this", "panic", p, "stack", string(debug.Stack()))
	}
}

// stream writes to a connection of its own until the client leaves or ctx ends.
func (s *Server) stream(ctx context.Context, out *stream, hub *frames.Hub, asked rendition, head []byte, client string) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(ctx, func() { _ = out.conn.Close() })()
	out.viewer = hub.JoinScaled(ctx, asked.fps, asked.width)
	defer out.viewer.Leave()
	start := time.Now()
	gone := make(chan struct{})
	go func() { // ends when conn is closed
		defer close(gone)
		defer cancel()
		if why := out.watch(ctx); why != nil && s.talks.now() {
			s.cfg.Log.Warn("a client is disconnected: it sends too much to the agent while it watches", "client", client, "bytes", maxSaid)
		}
	}()
	err := out.run(head)
	if cause := context.Cause(ctx); errors.Is(cause, errMadeRoom) || errors.Is(cause, errAccess) {
		err = cause
	}
	cancel()
	_ = out.conn.Close()
	<-gone
	s.cfg.Log.Debug("viewer left", "camera", hub.Camera().ID, "client", client,
		"after", time.Since(start).Round(time.Millisecond), "skipped", out.viewer.Skipped(), "reason", err)
}

// opening is the response header and the first boundary, one write.
func opening(r *http.Request, extra http.Header) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "HTTP/1.%d 200 OK\r\n", min(r.ProtoMinor, 1))
	for _, h := range streamHeaders {
		b.WriteString(h[0] + ": " + h[1] + "\r\n")
	}
	if origin := extra.Get("Access-Control-Allow-Origin"); origin != "" {
		b.WriteString("Access-Control-Allow-Origin: " + origin + "\r\n")
	}
	fmt.Fprintf(&b, "Date: %s\r\n\r\n", time.Now().UTC().Format(http.TimeFormat))
	b.WriteString(mjpeg.Opening)
	return []byte(b.String())
}
