package camera

import (
	"strings"
	"sync"
)

const (
	keptLines = 40
	maxLine   = 1024 // bytes kept of one line
)

// lines is a Writer that keeps the last lines of what a program says. Lines end
// with LF or CR: progress is reported with CR alone.
type lines struct {
	onLine func(string) // called for each whole line; may be nil

	mu      sync.Mutex
	kept    []string
	partial []byte
}

// Write never fails: a program must not block on what it says.
func (l *lines) Write(p []byte) (int, error) {
	for _, b := range p {
		switch {
		case b == '\n' || b == '\r':
			l.end()
		case len(l.partial) < maxLine:
			l.partial = append(l.partial, b)
		}
	}
	return len(p), nil
}

// end closes the current line.
func (l *lines) end() {
	text := strings.TrimSpace(strings.ToValidUTF8(string(l.partial), "?"))
	l.partial = l.partial[:0]
	if text == "" {
		return
	}
	l.mu.Lock()
	l.kept = append(l.kept, text)
	if len(l.kept) > keptLines {
		l.kept = append(l.kept[:0], l.kept[1:]...)
	}
	l.mu.Unlock()
	if l.onLine != nil {
		l.onLine(text)
	}
}

// last returns the kept lines, oldest first.
func (l *lines) last() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]string(nil), l.kept...)
}
