// Package recent keeps the newest pictures of the cameras that are on screen, so that
// what was just seen can be saved.
package recent

import (
	"maps"
	"slices"
	"sort"
	"sync"
	"time"
)

const (
	// Span is how far back the pictures of a camera go.
	Span = 30 * time.Second
	// maxBytes is what the pictures of all cameras together may take,
	maxBytes = 128 << 20
	// memoryShare as a share of the machine's memory: one sixteenth.
	memoryShare = 16
	// leastCharge is what a picture counts at least: the memory that a smaller one is
	// read into.
	leastCharge = 16 << 10
)

// Limit returns how many bytes the pictures may take on a machine with so much memory,
// 0 when that is not known.
func Limit(memory uint64) int64 {
	if memory == 0 {
		return maxBytes
	}
	return int64(min(maxBytes, memory/memoryShare))
}

// Picture is one picture of a camera. It is never changed.
type Picture struct {
	JPEG []byte
	At   time.Time // when it arrived, by this machine's clock
}

// charge is how many bytes it counts.
func (p Picture) charge() int64 { return max(int64(len(p.JPEG)), leastCharge) }

// Buffer has the pictures, by the keys of their cameras. It is safe for concurrent use.
type Buffer struct {
	limit int64

	mu     sync.Mutex
	tracks map[string]*track
	held   map[string]time.Time // the last picture that is kept, by key
	bytes  int64
}

// New returns an empty Buffer that takes at most so many bytes; of 0 it takes nothing.
func New(limit int64) *Buffer {
	return &Buffer{limit: limit, tracks: map[string]*track{}, held: map[string]time.Time{}}
}

// Add adds a picture that has just arrived. One that is older than the camera's newest
// is left out, and one that came after the camera was held.
func (b *Buffer) Add(key string, p Picture) {
	if b.limit == 0 {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if until, held := b.held[key]; held && p.At.After(until) {
		return
	}
	t := b.tracks[key]
	if t == nil {
		t = &track{}
		b.tracks[key] = t
	}
	if t.count() > 0 && !p.At.After(t.newest().At) {
		return
	}
	t.push(p)
	b.bytes += p.charge()
	for p.At.Sub(t.oldest().At) > Span {
		b.drop(key, t)
	}
	for b.bytes > b.limit {
		b.drop(b.longest())
	}
}

// drop drops a camera's oldest picture.
func (b *Buffer) drop(key string, t *track) {
	b.bytes -= t.pop()
	if t.count() == 0 {
		delete(b.tracks, key)
	}
}

// longest is the camera that gives up a picture when there are too many bytes: the one
// whose pictures go back longest, so that all keep equally many seconds. One that takes
// less than half of an equal share gives up none: huge pictures do not crowd it out.
func (b *Buffer) longest() (key string, longest *track) {
	spared := b.limit / int64(len(b.tracks)) / 2
	for k, t := range b.tracks {
		if t.bytes > spared && (longest == nil || t.span() > longest.span()) {
			key, longest = k, t
		}
	}
	return key, longest
}

// Retain drops all pictures of the cameras that are not wanted: nobody looks at them.
func (b *Buffer) Retain(wanted func(key string) bool) {
	b.mu.Lock()
	keys := slices.AppendSeq(slices.Collect(maps.Keys(b.tracks)), maps.Keys(b.held))
	b.mu.Unlock()
	for _, key := range keys {
		if !wanted(key) { // asked without the lock: pictures never wait for who exists
			b.forget(key)
		}
	}
}

func (b *Buffer) forget(key string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.held, key)
	if t := b.tracks[key]; t != nil {
		b.bytes -= t.bytes
		delete(b.tracks, key)
	}
}

// Pictures returns the pictures of a camera, oldest first.
func (b *Buffer) Pictures(key string) []Picture {
	b.mu.Lock()
	defer b.mu.Unlock()
	if t := b.tracks[key]; t != nil {
		return append([]Picture(nil), t.list()...)
	}
	return nil
}

// Newest returns the newest picture of a camera, the zero Picture when it has none.
func (b *Buffer) Newest(key string) Picture {
	b.mu.Lock()
	defer b.mu.Unlock()
	if t := b.tracks[key]; t != nil {
		return t.newest()
	}
	return Picture{}
}

// Nearest returns the picture of a camera that arrived nearest to a time.
func (b *Buffer) Nearest(key string, at time.Time) (nearest Picture, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	t := b.tracks[key]
	if t == nil {
		return Picture{}, false
	}
	list := t.list()
	i := sort.Search(len(list), func(i int) bool { return !list[i].At.Before(at) })
	switch {
	case i == len(list):
		i--
	case i > 0 && at.Sub(list[i-1].At) <= list[i].At.Sub(at):
		i--
	}
	return list[i], true
}
