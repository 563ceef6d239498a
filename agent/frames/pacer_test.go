package frames

import (
	"math/rand/v2"
	"testing"
	"time"
)

// shown returns which of the frames taken at the given times a pacer shows.
func shown(p *pacer, at []time.Time) []int {
	var list []int
	for i, t := range at {
		if p.due(t) {
			list = append(list, i)
		}
	}
	return list
}

// frameTimes are n frames of a camera, each up to jitter early or late.
func frameTimes(n int, interval, jitter time.Duration) []time.Time {
	random := rand.New(rand.NewPCG(1, 2))
	start := time.Unix(1e9, 0)
	at := make([]time.Time, n)
	for i := range at {
		at[i] = start.Add(time.Duration(i)*interval + time.Duration((2*random.Float64()-1)*float64(jitter)))
	}
	return at
}

// paced is a pacer for a camera's rate.
func paced(fps, camera float64) *pacer {
	p := newPacer(fps, Camera{Framerate: camera}.Interval())
	return &p
}

// TestPacerSpacing asks a steady camera for less than it gives: the frames
// shown are as many as asked for and never further from an even grid than the
// nearest frame is.
func TestPacerSpacing(t *testing.T) {
	const seconds = 60
	for _, test := range []struct {
		fps, camera float64
		jitter      time.Duration
		steps       []int // the distances that may occur, in frames
	}{
		{15, 30, 0, []int{2}},
		{15, 30, 10 * time.Millisecond, []int{2}},
		{10, 30, 0, []int{3}},
		{10, 30, 10 * time.Millisecond, []int{3}},
		{7, 30, 0, []int{4, 5}},
		{29, 30, 0, []int{1, 2}},
		{30, 30, 0, []int{1}},
		{30, 30, 10 * time.Millisecond, []int{1}},
		{60, 30, 15 * time.Millisecond, []int{1}},
		{120, 30, 0, []int{1}},
		{1, 30, 10 * time.Millisecond, []int{30}},
		{0.1, 30, 0, []int{300}},
		{24, 25, 5 * time.Millisecond, []int{1, 2}},
		{0.5, 0.2, 0, []int{1}},
	} {
		n := int(test.camera * seconds)
		interval := Camera{Framerate: test.camera}.Interval()
		list := shown(paced(test.fps, test.camera), frameTimes(n, interval, test.jitter))
		if want := int(min(test.fps, test.camera) * seconds); len(list) < want-1 || len(list) > want+1 {
			t.Errorf("%v of %v: %d frames shown, want %d", test.fps, test.camera, len(list), want)
		}
		seen := map[int]bool{}
		for i := 1; i < len(list); i++ {
			seen[list[i]-list[i-1]] = true
		}
		for _, step := range test.steps {
			delete(seen, step)
		}
		if len(seen) > 0 {
			t.Errorf("%v of %v, jitter %v: also every %v frames, want %v", test.fps, test.camera, test.jitter, seen, test.steps)
		}
	}
}

// TestPacerFasterCamera asks 10 of a camera that gives twice what it should.
func TestPacerFasterCamera(t *testing.T) {
	list := shown(paced(10, 30), frameTimes(600, time.Second/60, 0))
	if len(list) != 100 {
		t.Errorf("%d frames shown in 10 s", len(list))
	}
}

// TestPacerAfterGap: the first frame is shown at once, nothing is caught up
// with, and the grid goes on.
func TestPacerAfterGap(t *testing.T) {
	p := paced(10, 30)
	at := frameTimes(60, time.Second/30, 0)
	for i := 30; i < 60; i++ {
		at[i] = at[i].Add(5*time.Second + 40*time.Millisecond)
	}
	list := shown(p, at)
	want := []int{0, 3, 6, 9, 12, 15, 18, 21, 24, 27, 30, 32, 35, 38, 41, 44, 47, 50, 53, 56, 59}
	if len(list) != len(want) {
		t.Fatalf("shown %v", list)
	}
	for i := range want {
		if list[i] != want[i] {
			t.Fatalf("shown %v", list)
		}
	}
}

func TestPacerMissed(t *testing.T) {
	at := frameTimes(31, time.Second/30, 0)
	for _, test := range []struct {
		fps   float64
		frame int // the frame seen after frame 0
		want  uint64
	}{
		{15, 1, 0}, // not due itself
		{15, 2, 0},
		{15, 3, 0}, // one late, in place of frame 2
		{15, 4, 1},
		{10, 30, 9},
		{1, 30, 0},
	} {
		p := paced(test.fps, 30)
		p.due(at[0])
		if got := p.missed(at[test.frame]); got != test.want {
			t.Errorf("%v per second, frame %d: %d missed, want %d", test.fps, test.frame, got, test.want)
		}
	}
	if all := (&pacer{}).missed(at[1]); all < 1000 {
		t.Errorf("without a rate only %d can be missed", all)
	}
}
