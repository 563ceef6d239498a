package feed

import (
	"fmt"
	"sync"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/shared/mjpeg"
)

const (
	// MaxPixels is how many pixels one picture may have. A file of half a megabyte
	// can hold hundreds of millions, and the page stands still while it decodes them.
	MaxPixels = 50_000_000
	// MaxScans is how often a decoder may have to go over the pixels of one,
	MaxScans = 100
	// maxWork and how many pixels it may decode in all scans together: as many as of
	// the largest picture in a usual progressive JPEG, which has ten. Each takes a
	// nanosecond, and a file of 170 KB can hold a thousand scans of 50 megapixels.
	maxWork = 10 * MaxPixels
	// manyScans is how many of them, after the first, are as dear as the first.
	manyScans = 5
	// perTile is how many pictures a tile holds: the one that is seen and the one
	// that loads.
	perTile = 2
	// maxBytes is what the frames of all feeds together may take.
	maxBytes = 256 << 20
	// maxShown is how many pixels all tiles together may have, whatever the machine.
	maxShown = 250_000_000
	// memoryPerMegapixel is how much memory a machine must have for each million of
	// them: shown, one takes 4 MB, and as much again while it is decoded and painted.
	memoryPerMegapixel = 32 << 20
	// heavy is from what weight on a picture, in bytes and pixels together, may have
	// to be shown less often,
	heavy = 4_000_000
	// heavier when it has that many times the weight of the lightest one beside it.
	heavier = 8
	// manyBytes is from which one on those of a picture weigh more,
	manyBytes = 2 << 20
	// manyTimes and how many times more.
	manyTimes = 7
	// heavyRate is what all such pictures together may weigh a second. Decoding and
	// moving it takes the page about half of its time on a slow computer.
	heavyRate = 80_000_000
	// littleMemory is what a machine is taken to have that does not tell.
	littleMemory = 2 << 30

	// largeAgain is how long a camera with too large a picture is left alone,
	largeAgain = 10 * time.Second
	// roomAgain and how long one for which there was no room beside the others.
	roomAgain = 5 * time.Second
)

// Limits is what all feeds of a [Group] together may take.
type Limits struct {
	Bytes  int64 // of frames in memory: the newest of each feed, and the one it reads
	Pixels int64 // of the pictures that tiles show, two a tile
}

// LimitsFor returns the limits on a machine with so many bytes of memory, 0 when
// that is not known.
func LimitsFor(memory uint64) Limits {
	if memory == 0 {
		memory = littleMemory
	}
	return Limits{Bytes: maxBytes, Pixels: min(maxShown, int64(memory/memoryPerMegapixel)*1_000_000)}
}

// budget keeps all feeds together within limits: what is too much is taken from
// the largest.
type budget struct {
	mu sync.Mutex
	ledger
}

// ledger has what all feeds take together; whoever has it locks its budget.
type ledger struct {
	limits Limits
	claims map[*claim]struct{}
	bytes  int64
	pixels int64
}

// claim is what one feed takes. Its methods must not be called with a lock held
// that drop takes.
type claim struct {
	budget *budget
	drop   func() // called when it has to give up its picture,
	resize func() // and when its picture may be larger than there is room for

	entry
}

// entry is what the ledger has of one claim.
type entry struct {
	held    int64 // bytes of the newest frame
	reading int64 // bytes of those that are being read
	pixels  int64
	size    size  // of one picture as it is shown,
	whole   size  // and as the camera gives it
	weight  int64 // of the newest frame
	// most is how many pixels its picture may have, 0 for as many as it has; again is when
	// it may have more, if there is room.
	most    int64
	again   time.Time
	fixed   bool             // its pictures cannot be made smaller
	refused *cameras.Failure // why it may take nothing, until renew
}

func newBudget(limits Limits) *budget {
	return &budget{ledger: ledger{limits: limits, claims: map[*claim]struct{}{}}}
}

// claim makes a claim of nothing.
func (b *budget) claim(drop, resize func()) *claim {
	b.mu.Lock()
	defer b.mu.Unlock()
	c := &claim{budget: b, drop: drop, resize: resize}
	b.claims[c] = struct{}{}
	return c
}

// end gives everything back, for good.
func (c *claim) end() {
	c.budget.mu.Lock()
	defer c.budget.mu.Unlock()
	c.budget.set(c, 0, 0, 0)
	delete(c.budget.claims, c)
}

// renew lets a feed that was refused try again.
func (c *claim) renew() {
	c.budget.mu.Lock()
	defer c.budget.mu.Unlock()
	c.refused, c.fixed = nil, false
}

// refusal returns why the feed may take nothing, nil when it may.
func (c *claim) refusal() *cameras.Failure {
	c.budget.mu.Lock()
	defer c.budget.mu.Unlock()
	return c.refused
}

// read takes n more bytes of a frame that is being read; a negative n gives some
// back. It returns why that may not be, else nil.
func (c *claim) read(n int64) *cameras.Failure {
	return c.change(func() { c.budget.set(c, c.held, c.reading+n, c.pixels) })
}

// share is what a frame takes that was read.
type share struct {
	bytes, read int64 // in memory, and of these those that were read for it
	size, whole size  // of its picture, as it is shown and as the camera gives it
	weight      int64 // what it takes the page to show it
	fixed       bool  // it cannot be made smaller
}

// keep takes a frame that was read. It returns why that may not be, else nil.
func (c *claim) keep(s share) *cameras.Failure {
	return c.change(func() {
		if c.widen(s.whole.pixels(), time.Now()); s.fixed {
			c.fixed, c.most = true, 0
		}
		c.budget.set(c, s.bytes, c.reading-s.read, perTile*s.size.pixels())
		c.size, c.whole, c.weight = s.size, s.whole, s.weight
	})
}

// show takes so many pixels for the frame that is kept: somebody looks at it.
func (c *claim) show(pixels int64) *cameras.Failure {
	return c.change(func() { c.budget.set(c, c.held, c.reading, perTile*pixels) })
}

// hide gives the pixels back: nobody looks.
func (c *claim) hide() {
	c.budget.mu.Lock()
	defer c.budget.mu.Unlock()
	c.budget.set(c, c.held, c.reading, 0)
}

// forget gives the newest frame back.
func (c *claim) forget() {
	c.budget.mu.Lock()
	defer c.budget.mu.Unlock()
	c.budget.set(c, 0, c.reading, 0)
}

// pace is how much time there is at least between two pictures of this weight: none,
// unless they are so much heavier than others beside them that those would stand
// still while the page decodes them. The lock of the Feed may be held.
func (c *claim) pace(weight int64) time.Duration {
	if weight < heavy {
		return 0
	}
	c.budget.mu.Lock()
	defer c.budget.mu.Unlock()
	lightest := weight
	for other := range c.budget.claims {
		if other.pixels > 0 {
			lightest = min(lightest, other.weight)
		}
	}
	if weight < heavier*lightest {
		return 0
	}
	all := weight
	for other := range c.budget.claims {
		if w := other.weight; other != c && other.pixels > 0 && w >= heavy && w >= heavier*lightest {
			all += w
		}
	}
	return time.Duration(float64(all) / heavyRate * float64(time.Second))
}

// weight is what it takes the page to show a picture: a byte to load is about as
// dear as a pixel to decode, and that as five more scans of it. While it loads many
// bytes WebKit paints nothing.
func weight(bytes, pixels int64, scans int) int64 {
	return pixels + pixels*int64(max(0, scans-1))/manyScans + bytes + manyTimes*max(0, bytes-manyBytes)
}

// set changes a claim and the sums.
func (l *ledger) set(c *claim, held, reading, pixels int64) {
	reading = max(0, reading)
	if _, open := l.claims[c]; !open {
		return
	}
	l.bytes += held + reading - c.held - c.reading
	l.pixels += pixels - c.pixels
	c.held, c.reading, c.pixels = held, reading, pixels
}

// change changes a claim that is not refused. While all together are too much, the
// largest pictures are made smaller, and refused where that cannot be or is not enough.
func (c *claim) change(do func()) *cameras.Failure {
	b := c.budget
	b.mu.Lock()
	if c.refused != nil {
		defer b.mu.Unlock()
		return c.refused
	}
	do()
	var gone, resized []*claim
	for b.bytes > b.limits.Bytes {
		gone = append(gone, b.refuse(c, bytesOf, tooManyBytes))
	}
	for b.pixels > b.limits.Pixels {
		if largest := b.largest(c, pixelsOf); largest.narrow(time.Now()) {
			resized = append(resized, largest)
		} else {
			gone = append(gone, b.refuse(c, pixelsOf, tooManyPixels))
		}
	}
	refused := c.refused
	b.mu.Unlock()
	for _, largest := range gone {
		largest.drop()
	}
	for _, largest := range resized {
		largest.resize()
	}
	return refused
}

func bytesOf(c *claim) int64  { return c.held + c.reading }
func pixelsOf(c *claim) int64 { return c.pixels }

// largest is the largest claim; of several, the one that grew.
func (l *ledger) largest(grew *claim, size func(*claim) int64) *claim {
	largest := grew
	for c := range l.claims {
		if size(c) > size(largest) {
			largest = c
		}
	}
	return largest
}

// refuse takes everything from the largest claim.
func (l *ledger) refuse(grew *claim, size func(*claim) int64, why func(*claim) *cameras.Failure) *claim {
	largest := l.largest(grew, size)
	largest.refused = why(largest)
	l.set(largest, 0, 0, 0)
	return largest
}

func tooManyBytes(c *claim) *cameras.Failure {
	return &cameras.Failure{
		Reason: cameras.ReasonNoMemory, RetryAfter: roomAgain,
		Detail: fmt.Sprintf("its frames took %d MB; those of all cameras may take %d MB", (c.held+c.reading)>>20, c.budget.limits.Bytes>>20),
	}
}

func tooManyPixels(c *claim) *cameras.Failure {
	return &cameras.Failure{
		Reason: cameras.ReasonNoRoom, RetryAfter: roomAgain,
		Detail: fmt.Sprintf("its picture has %s; the two that each tile holds may have %s in all", megapixels(c.whole.pixels()), megapixels(c.budget.limits.Pixels)),
	}
}

func megapixels(n int64) string { return fmt.Sprintf("%.0f megapixels", float64(n)/1e6) }

// measure returns the size of a picture in pixels, or why it is not to be shown.
func measure(frame mjpeg.Frame) (width, height int, failure *cameras.Failure) {
	width, height, ok := mjpeg.Size(frame.JPEG)
	switch {
	case !ok:
		return 0, 0, &cameras.Failure{Reason: cameras.ReasonBadStream, Detail: "a picture that does not say how large it is"}
	case int64(width)*int64(height) > MaxPixels:
		return 0, 0, &cameras.Failure{
			Reason: cameras.ReasonTooLarge, RetryAfter: largeAgain,
			Detail: fmt.Sprintf("its picture has %d×%d pixels; %s are shown at most", width, height, megapixels(MaxPixels)),
		}
	case frame.Scans > MaxScans, int64(frame.Scans)*int64(width)*int64(height) > maxWork:
		return 0, 0, &cameras.Failure{
			Reason: cameras.ReasonTooComplex, RetryAfter: largeAgain,
			Detail: fmt.Sprintf("its picture of %d×%d pixels is coded in %d scans; %d are decoded at most", width, height, frame.Scans, min(MaxScans, maxWork/(width*height))),
		}
	}
	return width, height, nil
}
