package mjpeg

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/textproto"
	"strconv"
	"strings"
)

const (
	maxHeaderLines = 64
	// maxBetween bounds the bytes between two frames.
	maxBetween = 1 << 20
	// maxHint bounds what is reserved on the word of a Content-Length.
	maxHint = 1 << 20
)

// ErrNotStream is what a [Reader] wraps when the bytes are no MJPEG stream.
var ErrNotStream = errors.New("not an MJPEG stream")

// Frame is one part read from a stream.
type Frame struct {
	JPEG        []byte // whole, SOI to EOI; owned by the caller
	Scans       int    // how often a decoder goes over its pixels, at least 1
	Between     int    // bytes since the picture before it
	Header      textproto.MIMEHeader
	Placeholder bool // drawn by the agent, not taken by the camera
}

// Reader reads the frames of a multipart/x-mixed-replace stream, as sent by
// PiGrid agents and by cameras that are less strict: LF-only lines, quoted or
// dashed boundaries, parts without Content-Length, parts without a picture. It
// is not safe for concurrent use.
//
// A JPEG says itself where it ends, so what separates parts hardly matters:
// between two pictures any line that starts with "--" begins a new header. A
// part's Content-Length is a hint only: some cameras send a wrong one.
type Reader struct {
	br *bufio.Reader
	// boundary is without leading dashes, empty if it is not known; a line with
	// it and two dashes ends the stream.
	boundary string
	broken   uint64
	// carried is the header of the next part, where a torn picture swallowed it.
	carried textproto.MIMEHeader
}

// NewReader returns a Reader for a body with the given Content-Type. The error
// wraps [ErrNotStream] when the type is not multipart.
func NewReader(body io.Reader, contentType string) (*Reader, error) {
	media, params, err := mime.ParseMediaType(contentType)
	if err != nil { // "multipart/x-mixed-replace;boundary=--a b" and worse are out there
		media, _, _ = strings.Cut(contentType, ";")
		media = strings.ToLower(strings.TrimSpace(media))
	}
	if !strings.HasPrefix(media, "multipart/") {
		return nil, fmt.Errorf("%w: the answer has the type %.80q", ErrNotStream, contentType)
	}
	r := &Reader{br: bufio.NewReaderSize(body, 64<<10)}
	r.boundary = strings.TrimLeft(params["boundary"], "-")
	return r, nil
}

// Boundary returns what the Content-Type says separates parts, without leading
// dashes; empty when it says nothing.
func (r *Reader) Boundary() string { return r.boundary }

// Broken returns how many parts were left out because their JPEG was not whole.
func (r *Reader) Broken() uint64 { return r.broken }

// Next returns the next frame. It returns io.EOF when the stream ended between
// two parts, io.ErrUnexpectedEOF when it ended inside a JPEG, an error wrapping
// [ErrNotStream] when there is no picture in 1 MiB, else the error of the body.
func (r *Reader) Next() (Frame, error) {
	between := 0
	for {
		header, n, err := r.header()
		if err != nil {
			return Frame{}, err
		}
		jpeg, scans, m, err := r.jpeg(contentLength(header))
		if err != nil {
			return Frame{}, err
		}
		if jpeg != nil {
			return Frame{JPEG: jpeg, Scans: scans, Between: between + n, Header: header, Placeholder: header.Get(PlaceholderHeader) == "1"}, nil
		}
		r.broken++
		if between += n + m; between > maxBetween {
			return Frame{}, fmt.Errorf("%w: no whole JPEG in %d bytes", ErrNotStream, between)
		}
	}
}

// header reads lines until a JPEG begins. It returns the headers since the last
// boundary and how many bytes were read.
func (r *Reader) header() (h textproto.MIMEHeader, n int, err error) {
	h, r.carried = r.carried, nil
	lineStart := true
	for n <= maxBetween {
		if lineStart && r.atJPEG() {
			return h, n, nil
		}
		line, err := r.br.ReadSlice('\n')
		n += len(line)
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return nil, n, err
		}
		if lineStart {
			text := string(bytes.TrimRight(line, "\r\n"))
			if r.boundary != "" && strings.HasPrefix(text, "--") && strings.TrimLeft(text, "-") == r.boundary+"--" {
				return nil, n, io.EOF
			}
			h = headerLine(h, text)
		}
		lineStart = err == nil
	}
	return nil, n, fmt.Errorf("%w: no JPEG in %d bytes", ErrNotStream, n)
}

// headerLine returns h with what one line between two pictures says; nil is an empty
// one. A boundary begins a new header.
func headerLine(h textproto.MIMEHeader, line string) textproto.MIMEHeader {
	if strings.HasPrefix(line, "--") {
		return nil
	}
	return addHeader(h, line)
}

// atJPEG reports whether a JPEG begins at the reading position.
func (r *Reader) atJPEG() bool {
	b, err := r.br.Peek(1)
	if err != nil || b[0] != soi[0] {
		return false
	}
	b, err = r.br.Peek(len(soi))
	return err == nil && bytes.Equal(b, soi)
}

// addHeader notes "Name: value"; anything else is left out.
func addHeader(h textproto.MIMEHeader, line string) textproto.MIMEHeader {
	name, value, ok := strings.Cut(line, ":")
	if !ok || len(h) >= maxHeaderLines || len(line) > 1024 || strings.ContainsAny(name, " \t") {
		return h
	}
	if h == nil {
		h = textproto.MIMEHeader{}
	}
	h.Set(name, strings.TrimSpace(value))
	return h
}

// contentLength returns the length a part claims to have, 0 when it says none
// that can be true.
func contentLength(h textproto.MIMEHeader) int {
	n, err := strconv.Atoi(h.Get("Content-Length"))
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// jpeg reads one JPEG of a part that claims to have length bytes, 0 when it
// claims none. It returns nil when the bytes are not a whole JPEG, how many scans it
// has, and how many bytes were read.
func (r *Reader) jpeg(length int) (jpeg []byte, scans, n int, err error) {
	if used := r.brokenSoon(length); used > 0 {
		return nil, 0, used, nil
	}
	var w walker
	jpeg = make([]byte, 0, max(16<<10, min(length, maxHint)))
	kept := 0 // bytes at the end of jpeg that are still in r.br
	for {
		if _, err := r.br.Peek(kept + 1); err != nil {
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return nil, 0, len(jpeg), err
		}
		before := len(jpeg) - kept
		upTo := w.limit()
		if before < length {
			upTo = min(upTo, length)
		}
		chunk, _ := r.br.Peek(min(r.br.Buffered(), max(upTo-before, kept+1)))
		jpeg = append(jpeg[:before], chunk...)
		switch v := w.walk(jpeg); {
		case v == whole:
			r.discard(w.pos - before)
			return jpeg[:w.pos:w.pos], w.scans, w.pos, nil
		case v == broken, len(jpeg) >= w.limit(), len(jpeg) == length && r.atBoundary(len(chunk)):
			used := min(max(w.pos, before), len(jpeg)) // the rest may be the next part
			if v == more {
				used = len(jpeg)
			}
			r.discard(used - before)
			r.carried = lastHeader(jpeg[:used])
			return nil, 0, used, nil
		}
		kept = 0
		if jpeg[len(jpeg)-1] == soi[0] {
			kept = 1 // the next picture may begin here
		}
		r.discard(len(chunk) - kept)
	}
}

// glance is how much is looked at to see whether a picture begins at all.
const glance = 1 << 10

// brokenSoon drops what begins like a picture and is none, if the bytes that are
// there show it, and returns how many those are, else 0. To read them as a picture
// would copy 64 KiB for every two that begin one.
func (r *Reader) brokenSoon(length int) (used int) {
	n := min(glance, r.br.Buffered())
	if length > 0 {
		n = min(n, length)
	}
	b, _ := r.br.Peek(n)
	var w walker
	if w.walk(b) != broken {
		return 0
	}
	used = min(w.pos, len(b))
	r.carried = lastHeader(b[:used])
	r.discard(used)
	return used
}

// atBoundary reports whether a boundary stands n bytes after the reading
// position: a part that ends there was cut off. It waits for no more bytes than
// the answer needs.
func (r *Reader) atBoundary(n int) bool {
	for m := 1; ; m++ {
		b, err := r.br.Peek(n + m)
		if err != nil {
			return false
		}
		if last := b[n+m-1]; last != '\r' && last != '\n' {
			if last != '-' {
				return false
			}
			b, err = r.br.Peek(n + m + 1)
			return err == nil && b[n+m] == '-'
		}
	}
}

// lastHeader returns the header after the last boundary in what was taken for a
// picture, nil when there is none: the next picture belongs to that part.
func lastHeader(swallowed []byte) textproto.MIMEHeader {
	i := bytes.LastIndex(swallowed, []byte("\n--"))
	if i < 0 || len(swallowed)-i > maxHeaderLines<<10 {
		return nil
	}
	var h textproto.MIMEHeader
	for line := range strings.Lines(string(swallowed[i+1:])) {
		h = headerLine(h, strings.TrimRight(line, "\r\n"))
	}
	return h
}

// discard drops n bytes that are known to be buffered, which cannot fail.
func (r *Reader) discard(n int) { _, _ = r.br.Discard(n) }
