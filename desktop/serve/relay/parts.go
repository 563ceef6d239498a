package relay

import (
	"sync"

	"pigrid/desktop/feed"
	"pigrid/shared/mjpeg"
)

// parts has the newest part of each camera that programs watch, so that it is built once
// for all of them.
type parts struct {
	mu     sync.Mutex
	newest map[*feed.Feed]*built
}

type built struct {
	viewers int
	seq     uint64
	part    mjpeg.Part
}

// join counts a viewer of a camera; leave forgets its part with the last one.
func (p *parts) join(f *feed.Feed) (leave func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.newest == nil {
		p.newest = map[*feed.Feed]*built{}
	}
	b := p.newest[f]
	if b == nil {
		b = &built{}
		p.newest[f] = b
	}
	b.viewers++
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if b.viewers--; b.viewers == 0 {
			delete(p.newest, f)
		}
	}
}

// of returns the part of a camera's frame.
func (p *parts) of(f *feed.Feed, frame feed.Frame) mjpeg.Part {
	p.mu.Lock()
	defer p.mu.Unlock()
	b := p.newest[f]
	switch {
	case b == nil || b.seq > frame.Seq: // a newer one was built meanwhile
		return mjpeg.NewPart(frame.JPEG, frame.At, false)
	case b.seq < frame.Seq:
		b.seq, b.part = frame.Seq, mjpeg.NewPart(frame.JPEG, frame.At, false)
	}
	return b.part
}
