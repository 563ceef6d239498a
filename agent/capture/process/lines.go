package process

import (
	"strings"
	"sync"
	"time"
)

const (
	keptLines = 40
	maxLine   = 1024 // bytes kept of one line
)

// Lines is a Writer that keeps the last lines of what a program says. Lines end
// with LF or CR: progress is reported with CR alone.
type Lines struct {
	OnLine func(string) // called for each whole line; may be nil

	mu      sync.Mutex
	kept    []line
	partial []byte
}

// line is what a program said, and when.
type line struct {
	text string
	at   time.Time
}

// Write never fails: a program must not block on what it says.
func (l *Lines) Write(p []byte) (int, error) {
	for _, text := range l.take(p) {
		if l.OnLine != nil {
			l.OnLine(text)
		}
	}
	return len(p), nil
}

// take keeps what was written and returns the lines that are whole now.
func (l *Lines) take(p []byte) (whole []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, b := range p {
		switch {
		case b == '\n' || b == '\r':
			if text := l.current(); text != "" {
				whole = append(whole, text)
				l.keep(text)
			}
			l.partial = l.partial[:0]
		case len(l.partial) < maxLine:
			l.partial = append(l.partial, b)
		}
	}
	return whole
}

// current is the line that has not ended; mu is held.
func (l *Lines) current() string {
	return strings.TrimSpace(strings.ToValidUTF8(string(l.partial), "?"))
}

// keep needs mu.
func (l *Lines) keep(text string) {
	if len(l.kept) == keptLines {
		l.kept = append(l.kept[:0], l.kept[1:]...)
	}
	l.kept = append(l.kept, line{text, time.Now()})
}

// Last returns the kept lines, oldest first, and the one that has not ended:
// programs die in the middle of one.
func (l *Lines) Last() []string { return l.Since(time.Time{}) }

// Since is Last without what was said before t.
func (l *Lines) Since(t time.Time) []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var texts []string
	for _, k := range l.kept {
		if !k.at.Before(t) {
			texts = append(texts, k.text)
		}
	}
	if text := l.current(); text != "" {
		texts = append(texts, text)
	}
	return texts
}
