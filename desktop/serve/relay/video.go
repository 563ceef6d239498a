package relay

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"pigrid/desktop/serve/problem"
	"pigrid/shared/api"
	"pigrid/shared/mjpeg"
)

const (
	// takeWithin is how long a client may take nothing at all,
	takeWithin = 15 * time.Second
	// takes and of how many bytes it must take some in that time.
	takes = 256 << 10
	// sayEvery is how often it is said that a client made room.
	sayEvery = time.Minute
	// maxSaid is how many bytes a client may send while it is sent a stream.
	maxSaid = 64 << 10
)

// streamHeaders stand in every stream's answer, as in an agent's.
var streamHeaders = [...][2]string{
	{"Content-Type", mjpeg.ContentType},
	{"Cache-Control", "no-store"},
	{"X-Accel-Buffering", "no"},
	{"X-Content-Type-Options", "nosniff"},
	{"Cross-Origin-Resource-Policy", "same-origin"},
	{"Connection", "close"},
}

// video answers with a stream that ends when the client leaves or ctx ends.
func (r *Relay) video(ctx context.Context, w http.ResponseWriter, req *http.Request, v *viewer) {
	if req.Method == http.MethodHead {
		for _, h := range streamHeaders {
			w.Header().Set(h[0], h[1])
		}
		return
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	leave := r.enter(clientOf(req), v.wish.Key, func() { cancel(errMadeRoom) })
	if leave == nil {
		w.Header().Set("Retry-After", "5")
		problem.Fail(w, req, api.Refusal{
			Status: http.StatusServiceUnavailable, Code: api.CodeTooManyViewers, Title: "Too many viewers",
			Detail: fmt.Sprintf("This program serves %d streams at once, and all are in use.", r.maxViewers),
			Hint:   "Close one, or start pigrid-serve with a higher --max-viewers.",
		})
		return
	}
	defer leave()
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		problem.Fail(w, req, api.Refusal{
			Status: http.StatusHTTPVersionNotSupported, Title: "HTTP/1 only", Detail: "Streams are served over HTTP/1.0 and 1.1.",
		})
		return
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Time{}) // the server has set one
	tune(conn)
	begin := time.Now()
	defer context.AfterFunc(req.Context(), func() { cancel(errAccess) })()
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	gone := make(chan struct{})
	go func() { // ends when conn is closed
		defer close(gone)
		defer cancel(nil)
		_, _ = io.CopyN(io.Discard, conn, maxSaid)
	}()
	err = r.stream(ctx, patient{conn}, v, wantsAdvance(req), opening(req))
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	cancel(nil)
	_ = conn.Close()
	<-gone
	r.log.Debug("viewer left", "client", req.RemoteAddr, "after", time.Since(begin).Round(time.Millisecond), "reason", err)
}

// Why a stream ends that its client did not end.
var (
	errMadeRoom = errors.New("made room for a client of another address")
	errAccess   = errors.New("its login ended")
)

// enter takes a slot for a stream, from another client where that is fair. What it returns
// gives it back; nil when there is none. end ends the stream, and does not wait.
func (r *Relay) enter(client netip.Addr, key string, end func()) (leave func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended {
		return nil
	}
	mine, moved := r.viewers.Take(client, key, end)
	if moved != nil && time.Since(r.said) >= sayEvery {
		r.said = time.Now()
		r.log.Warn("the limit of streams is reached; the client with the most made room for another", "limit", r.maxViewers, "client", moved.Of, "for", client, "hint", "raise it with --max-viewers")
	}
	if mine == nil {
		return nil
	}
	r.streams.Add(1)
	return func() {
		r.viewers.Leave(mine)
		r.streams.Done()
	}
}

// stream writes the head and then frames: always the newest. A client that is slow skips
// frames.
func (r *Relay) stream(ctx context.Context, w io.Writer, v *viewer, advance bool, head []byte) error {
	defer r.parts.join(v.feed)()
	if _, err := w.Write(head); err != nil {
		return err
	}
	next := r.first // programs take the size of the first picture for that of all
	for begun := false; ; begun, next = true, r.next {
		frame, err := next(ctx, v)
		if err != nil {
			return err
		}
		part := r.parts.of(v.feed, frame)
		bytes := part.Standard
		if advance {
			bytes = part.Advance
			if !begun {
				if _, err := w.Write(part.AdvanceHeader()); err != nil {
					return err
				}
			}
		}
		if _, err := w.Write(bytes); err != nil {
			return err
		}
	}
}

// patient writes as long as its client takes something.
type patient struct{ net.Conn }

// Write implements [io.Writer].
func (p patient) Write(b []byte) (sent int, err error) {
	for len(b) > 0 && err == nil {
		piece := b[:min(len(b), takes)]
		_ = p.SetWriteDeadline(time.Now().Add(takeWithin))
		var n int
		n, err = p.Conn.Write(piece)
		sent, b = sent+n, b[n:]
	}
	return sent, err
}

// wantsAdvance reports whether the next part's header is to be sent ahead of its
// picture, as an agent does for browsers: they draw a part only when the next begins.
func wantsAdvance(r *http.Request) bool {
	switch r.URL.Query().Get("advance") {
	case "1":
		return true
	case "0":
		return false
	}
	accept := r.Header.Get("Accept")
	return strings.HasPrefix(accept, "image/") || strings.HasPrefix(accept, "text/html")
}

// opening is the response header and the first boundary, one write.
func opening(r *http.Request) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "HTTP/1.%d 200 OK\r\n", min(r.ProtoMinor, 1))
	for _, h := range streamHeaders {
		b.WriteString(h[0] + ": " + h[1] + "\r\n")
	}
	fmt.Fprintf(&b, "Date: %s\r\n\r\n", time.Now().UTC().Format(http.TimeFormat))
	b.WriteString(mjpeg.Opening)
	return []byte(b.String())
}
