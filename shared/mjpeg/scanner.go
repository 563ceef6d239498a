package mjpeg

import (
	"bytes"
	"errors"
	"io"
	"time"
)

const (
	firstBuffer = 256 << 10 // holds a few 640x480 frames
	leastRead   = 32 << 10  // free space below which the buffer is compacted or grown
	// maxRetries bounds how many starts inside one broken frame are tried, so
	// that hostile bytes cost linear time.
	maxRetries = 64
)

// soi begins every JPEG.
var soi = []byte{0xFF, markerSOI}

// Counts says what a [Scanner] has seen.
type Counts struct {
	Frames  uint64 // whole JPEGs handed out
	Broken  uint64 // frames begun and given up: truncated, garbage inside, larger than MaxFrame or any picture of its size
	Garbage uint64 // bytes that belonged to no whole JPEG
}

// Scanner cuts a byte stream into whole JPEGs, SOI to EOI. It survives EXIF
// thumbnails, garbage between frames and truncated frames: whatever is not one
// whole JPEG is left out and counted. It is not safe for concurrent use.
type Scanner struct {
	src io.Reader
	now func() time.Time

	buf        []byte // buf[start:] is not handed out yet
	start      int
	w          walker
	inFrame    bool // buf[start] is an SOI that w walks on from
	at         time.Time
	readAt     time.Time
	doubtUntil int // starts below this offset lie inside a broken frame
	retries    int
	usual      int // bytes of a large frame, of late
	srcErr     error
	counts     Counts
}

// NewScanner returns a Scanner over src. now tells the time at which bytes
// arrived; nil means [time.Now].
func NewScanner(src io.Reader, now func() time.Time) *Scanner {
	if now == nil {
		now = time.Now
	}
	return &Scanner{src: src, now: now, buf: make([]byte, 0, firstBuffer)}
}

// Counts returns what was seen so far.
func (s *Scanner) Counts() Counts { return s.counts }

// Next returns the next whole JPEG and the time its first byte was read. The
// bytes are valid until the following call. After the last one it returns
// io.EOF, or the error of the source; a frame cut off by it is not returned.
func (s *Scanner) Next() (jpeg []byte, at time.Time, err error) {
	for {
		if s.inFrame || s.findStart() {
			if jpeg, ok := s.finish(); ok {
				return jpeg, s.at, nil
			}
			if !s.inFrame {
				continue
			}
		}
		if err := s.fill(); err != nil {
			return nil, time.Time{}, err
		}
	}
}

// findStart drops bytes up to the next SOI.
func (s *Scanner) findStart() bool {
	rest := s.buf[s.start:]
	i := bytes.Index(rest, soi)
	if i < 0 {
		keep := min(len(rest), len(soi)-1) // an SOI may be cut in two
		s.skip(len(rest) - keep)
		return false
	}
	s.skip(i)
	s.inFrame, s.w, s.at = true, walker{}, s.readAt
	return true
}

// finish walks on in the current frame. When it ends, the frame is returned,
// unless it may be a thumbnail out of a broken frame.
func (s *Scanner) finish() (jpeg []byte, ok bool) {
	rest := s.buf[s.start:]
	v := s.w.walk(rest)
	if limit := s.w.limit(); s.w.pos > limit || v == more && len(rest) > limit {
		s.doubtUntil = 0
		s.giveUp(limit)
		return nil, false
	}
	switch v {
	case more:
		return nil, false
	case broken:
		s.retry()
		return nil, false
	}
	end := s.w.pos
	if s.start < s.doubtUntil {
		if len(rest) < end+2 && s.srcErr == nil {
			return nil, false // decided by what follows
		}
		if !bytes.HasPrefix(rest[end:], soi) {
			s.retry()
			return nil, false
		}
	}
	s.start += end
	s.inFrame, s.retries, s.doubtUntil = false, 0, 0
	s.counts.Frames++
	s.usual = max(end, s.usual-s.usual/16)
	return rest[:end:end], true
}

// retry gives the current frame up and looks for a start inside it: a frame
// that lost its tail swallows the beginning of the next one.
func (s *Scanner) retry() {
	s.doubtUntil = max(s.doubtUntil, s.start+s.w.pos)
	s.retries++
	if s.retries > maxRetries {
		n := s.doubtUntil - s.start
		s.retries, s.doubtUntil = 0, 0
		s.giveUp(min(n, len(s.buf)-s.start))
		return
	}
	s.giveUp(2)
}

// giveUp ends the current frame as broken and drops its first n bytes.
func (s *Scanner) giveUp(n int) {
	s.inFrame = false
	s.counts.Broken++
	s.skip(n)
}

func (s *Scanner) skip(n int) {
	s.start += n
	s.counts.Garbage += uint64(n)
}

// fill reads more bytes behind what is buffered.
func (s *Scanner) fill() error {
	if s.srcErr != nil {
		return s.endOfSource()
	}
	s.makeRoom()
	n, err := s.src.Read(s.buf[len(s.buf):cap(s.buf)])
	s.readAt = s.now()
	s.buf = s.buf[:len(s.buf)+n]
	if n == 0 && err == nil {
		err = io.ErrNoProgress
	}
	s.srcErr = err
	if n > 0 {
		return nil
	}
	return s.fill()
}

// endOfSource counts what is left as broken; nothing in it can become whole.
func (s *Scanner) endOfSource() error {
	if s.inFrame {
		s.retry() // a whole frame may hide behind a cut one
		return nil
	}
	s.skip(len(s.buf) - s.start)
	if errors.Is(s.srcErr, io.EOF) {
		return io.EOF
	}
	return s.srcErr
}

// makeRoom moves what is unread to the front when there is little room behind
// it, into a larger buffer if the frame needs it. A buffer that one very large
// frame has blown up is given back when frames are small again.
func (s *Scanner) makeRoom() {
	rest := s.buf[s.start:]
	size := cap(s.buf)
	wanted := max(firstBuffer, 4*max(s.usual, len(rest)))
	switch {
	case size > 4*wanted:
		size = wanted
	case len(rest) > 0 && size-len(s.buf) >= leastRead:
		return
	case len(rest)+leastRead > size/2:
		size = min(2*size, max(MaxFrame+2*leastRead, size))
	}
	next := s.buf[:0]
	if size != cap(s.buf) {
		next = make([]byte, 0, size)
	}
	s.doubtUntil -= s.start
	s.buf = append(next, rest...)
	s.start = 0
}
