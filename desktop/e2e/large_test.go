//go:build linux

package e2e

import (
	"testing"
	"time"
)

// A camera whose pictures are too large for this computer, by design or by malice,
// shows words. It neither stops the cameras beside it nor takes the memory: one with
// pictures of 144 megapixels stopped the whole window before.
func TestOversizePicturesStopNoNeighbour(t *testing.T) {
	const n, bad = 8, 6
	for _, test := range []struct {
		fault  string
		app    int // bytes that the app may take
		webkit int // and the processes of its page
	}{
		{"huge", 300 << 20, 1 << 30},
		{"large", 300 << 20, 2 << 30},
		{"bulky", 900 << 20, 1 << 30},
		{"scans", 300 << 20, 1 << 30},
	} {
		t.Run(test.fault, func(t *testing.T) {
			f := startFleet(t, n, 10)
			s := newScreen(t)
			a := startApp(t, appProgram, s, f.home(t, 1920, 1080))
			s.untilWall(t, n)
			for number := 1; number <= bad; number++ {
				f.set(t, number, test.fault)
			}
			var worst usage
			stood := map[int]int{}
			before := frames(t, s)
			const looks = 20
			for range looks {
				time.Sleep(time.Second) // a look each second, whatever the page does
				now := frames(t, s)
				for number := bad + 1; number <= n; number++ {
					if now[uint8(number)] <= before[uint8(number)] {
						stood[number]++
					}
				}
				before = now
				u := a.usage(t)
				worst.app, worst.webkit, worst.cpu = max(worst.app, u.app), max(worst.webkit, u.webkit), u.cpu
			}
			t.Logf("%d cameras are %s: app %d MB, WebKit %d MB, CPU %v; looks of %d at which a good one stood: %v", bad, test.fault,
				worst.app>>20, worst.webkit>>20, worst.cpu.Round(time.Second), looks, stood)
			for number, times := range stood {
				if times > looks/10 { // a busy machine may make it stand for one look
					t.Errorf("%s stood at %d of %d looks", name(number), times, looks)
				}
			}
			if worst.app > test.app || worst.webkit > test.webkit {
				t.Errorf("the app took %d MB, WebKit %d MB", worst.app>>20, worst.webkit>>20)
			}
			s.save(t, "oversize-"+test.fault)
			for number := 1; number <= bad; number++ {
				f.set(t, number, "none")
			}
			s.untilWall(t, n)
		})
	}
}
