//go:build linux

package e2e

import (
	"image"
	"os"
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"pigrid/shared/strip"
)

// glance reads only the strips of a wall from the memory of its X server, often
// and at next to no cost: to see every picture that is shown, one has to look
// several times while each stands.
type glance struct {
	data   []byte // of the screen, as it is now
	layout xwd
	places map[uint8]image.Rectangle // where each camera's strip is
}

// glance begins to watch the strips that are on the screen now.
func (s *screen) glance(t *testing.T) *glance {
	t.Helper()
	file, err := os.Open(s.file)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	g := &glance{places: map[uint8]image.Rectangle{}}
	if g.data, err = unix.Mmap(int(file.Fd()), 0, int(info.Size()), unix.PROT_READ, unix.MAP_SHARED); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = unix.Munmap(g.data) })
	if g.layout, err = parseXWD(g.data); err != nil {
		t.Fatal(err)
	}
	for _, f := range strip.Find(s.shot(t)) {
		middle := (f.Rect.Min.Y + f.Rect.Max.Y) / 2
		const beside = 8 // pixels
		g.places[f.Camera] = image.Rect(f.Rect.Min.X-beside, middle-2, f.Rect.Max.X+beside, middle+2)
	}
	return g
}

// read returns the frames that are shown now; what is being painted at this
// moment is left out.
func (g *glance) read() map[uint8]uint32 {
	shown := map[uint8]uint32{}
	for camera, place := range g.places {
		for _, f := range strip.Find(g.layout.part(g.data, place)) {
			if f.Camera == camera {
				shown[camera] = f.Frame
			}
		}
	}
	return shown
}

// seen is what watching a wall for a while came to.
type seen struct {
	took   time.Duration
	frames map[uint8]int             // pictures that were shown, by camera
	ages   map[uint8][]time.Duration // of what was shown at each look, in order of size
}

// watch looks many times a second at what is shown.
func (g *glance) watch(cameras []camera, d time.Duration) seen {
	const every = 25 * time.Millisecond
	v := seen{frames: map[uint8]int{}, ages: map[uint8][]time.Duration{}}
	last := map[uint8]uint32{}
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	begin := time.Now()
	for v.took < d {
		now := time.Now()
		for number, frame := range g.read() {
			if before, ok := last[number]; ok && before != frame {
				v.frames[number]++
			}
			last[number] = frame
			v.ages[number] = append(v.ages[number], now.Sub(cameras[number-1].takenAt(frame)))
		}
		<-ticker.C
		v.took = time.Since(begin)
	}
	for _, ages := range v.ages {
		slices.Sort(ages)
	}
	return v
}

// perSecond is how many pictures all tiles together showed in a second.
func (v seen) perSecond() float64 {
	total := 0
	for _, n := range v.frames {
		total += n
	}
	return float64(total) / v.took.Seconds()
}

// age returns the median age of all that was shown, the worst median of one
// camera, and the oldest picture of all.
func (v seen) age() (p50, worstP50, oldest time.Duration) {
	var all []time.Duration
	for _, ages := range v.ages {
		all = append(all, ages...)
		worstP50 = max(worstP50, ages[len(ages)/2])
		oldest = max(oldest, ages[len(ages)-1])
	}
	if len(all) == 0 {
		return 0, 0, 0
	}
	slices.Sort(all)
	return all[len(all)/2], worstP50, oldest
}
