package mjpeg

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"strings"
	"time"
)

const (
	// maxBlank bounds the blank bytes before what a body begins with.
	maxBlank = 64
	// maxBare bounds the bytes of bare JPEGs that are read for one picture.
	maxBare = MaxFrame + maxBetween
	// streamType is the label of multipart streams.
	streamType = "multipart/x-mixed-replace"
)

// Body reads the frames of an answer as its first bytes demand, whatever its
// Content-Type says: parts, or bare JPEGs one after the other. Cameras label
// their streams as anything, or not at all. It is not safe for concurrent use.
type Body struct {
	br          *bufio.Reader
	contentType string
	frames      interface{ Next() (Frame, error) } // nil until the first bytes are there
}

// NewBody returns a Body for an answer with the given Content-Type, which may be
// empty. Nothing is read before Next.
func NewBody(body io.Reader, contentType string) *Body {
	return &Body{br: bufio.NewReaderSize(body, 64<<10), contentType: contentType}
}

// Next returns the next frame. Its errors are those of [Reader.Next]; bytes that
// begin neither a part nor a JPEG are an error that wraps [ErrNotStream] and
// names the type, unless that type promises frames.
func (b *Body) Next() (Frame, error) {
	if b.frames == nil {
		if err := b.look(); err != nil {
			return Frame{}, err
		}
	}
	return b.frames.Next()
}

// Boundary is that of the Content-Type, as [Reader.Boundary] returns it.
func (b *Body) Boundary() string {
	r, err := NewReader(b.br, b.contentType)
	if err != nil {
		return ""
	}
	return r.Boundary()
}

// look chooses how to read.
func (b *Body) look() error {
	if r, err := NewReader(b.br, b.contentType); err == nil { // which takes bare JPEGs as well
		b.frames = r
		return nil
	}
	begins, err := b.begins()
	switch {
	case err != nil:
		return err
	case begins == parts:
		b.frames, err = NewReader(b.br, streamType)
		return err
	case begins == jpegs, IsPicture(b.contentType):
		b.frames = newBare(b.br)
		return nil
	}
	return fmt.Errorf("%w: the answer has the type %.80q", ErrNotStream, b.contentType)
}

// beginning is what the first bytes of a body are.
type beginning int

const (
	other beginning = iota
	parts
	jpegs
)

// begins looks at the first bytes and drops blank ones before them.
func (b *Body) begins() (beginning, error) {
	for range maxBlank {
		first, err := b.br.Peek(1)
		if err != nil {
			return other, err
		}
		switch first[0] {
		case '\r', '\n', ' ', '\t':
			_, _ = b.br.Discard(1) // it is buffered
		case soi[0]:
			return b.whether(string(soi), jpegs), nil
		case '-':
			return b.whether("--", parts), nil
		default:
			return b.whether("content-", parts), nil // a part whose boundary is missing
		}
	}
	return other, nil
}

// whether returns is when the next bytes are these, letters in any case. It waits
// for no more of them than decide it.
func (b *Body) whether(these string, is beginning) beginning {
	for i := range len(these) {
		next, err := b.br.Peek(i + 1)
		if err != nil || lower(next[i]) != these[i] {
			return other
		}
	}
	return is
}

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c - 'A' + 'a'
	}
	return c
}

// IsPicture reports whether a Content-Type is that of a JPEG. "image/jpg" does
// not exist and is out there.
func IsPicture(contentType string) bool {
	media, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		media, _, _ = strings.Cut(contentType, ";")
		media = strings.ToLower(strings.TrimSpace(media))
	}
	return media == "image/jpeg" || media == "image/jpg" || media == "image/pjpeg"
}

// bare reads JPEGs that nothing separates.
type bare struct {
	src     *io.LimitedReader
	scanner *Scanner
}

func newBare(body io.Reader) *bare {
	src := &io.LimitedReader{R: body}
	return &bare{src, NewScanner(src, time.Now)}
}

// Next returns the next frame. An end inside a JPEG is one like any other: only
// whole ones are known to have begun.
func (b *bare) Next() (Frame, error) {
	b.src.N = maxBare
	jpeg, _, err := b.scanner.Next()
	if errors.Is(err, io.EOF) && b.src.N <= 0 {
		err = fmt.Errorf("%w: no whole JPEG in %d bytes", ErrNotStream, maxBare)
	}
	if err != nil {
		return Frame{}, err
	}
	return Frame{JPEG: bytes.Clone(jpeg), Scans: b.scanner.w.scans}, nil
}
