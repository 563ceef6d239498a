//go:build linux

package e2e

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// Memory grows for days (ustreamer#30, mainsail#1987): a wall of cameras that
// fail at random, and what the app and WebKit hold meanwhile. WALL_TIME is how
// long, 1h unless set.
func TestWallSoak(t *testing.T) {
	if os.Getenv("PIGRID_SOAK") == "" {
		t.Skip("set PIGRID_SOAK=1 to run for an hour")
	}
	limit := wallTime(t)
	const n = 20
	f := startFleet(t, n, 15)
	s := newScreen(t)
	a := startApp(t, appProgram, s, f.home(t, 1920, 1080))
	s.untilWall(t, n)
	var all []usage
	begin := time.Now()
	for minute := 1; time.Since(begin) < limit; minute++ {
		f.torment(t, n, 45*time.Second, func() map[uint8]uint32 { return frames(t, s) })
		back := time.Now()
		s.untilWall(t, n)
		u := a.usage(t)
		t.Logf("minute %d: app %d MB, WebKit %d MB, CPU %v in all; all %d live %v after the last fault", minute,
			u.app>>20, u.webkit>>20, u.cpu.Round(time.Second), n, time.Since(back).Round(10*time.Millisecond))
		all = append(all, u)
	}
	checkFlat(t, all)
}

// wallTime is how long a soak takes.
func wallTime(t *testing.T) time.Duration {
	t.Helper()
	text := os.Getenv("WALL_TIME")
	if text == "" {
		return time.Hour
	}
	limit, err := time.ParseDuration(text)
	if err != nil {
		t.Fatal(err)
	}
	return limit
}

// checkFlat checks that what is held each minute does not grow. It goes up and down
// with what is shown and collected, and grows while caches fill: the least of the
// last quarter must not be more than the least of the second, give or take.
func checkFlat(t *testing.T, all []usage) {
	t.Helper()
	const slack = 32 << 20
	quarter := len(all) / 4
	if quarter == 0 {
		t.Fatal("four minutes are the least")
	}
	least := func(of []usage, held func(usage) int) int {
		return held(slices.MinFunc(of, func(a, b usage) int { return cmp.Compare(held(a), held(b)) }))
	}
	for name, held := range map[string]func(usage) int{
		"app": func(u usage) int { return u.app }, "WebKit": func(u usage) int { return u.webkit },
	} {
		var floors []string
		for i := range 4 {
			floors = append(floors, fmt.Sprintf("%d", least(all[i*quarter:(i+1)*quarter], held)>>20))
		}
		t.Logf("%s: at least %s MB in the four quarters", name, strings.Join(floors, ", "))
		if least(all[len(all)-quarter:], held) > least(all[quarter:2*quarter], held)+slack {
			t.Errorf("the memory of %s grows", name)
		}
	}
}

// torment breaks cameras at random for a while. Four of them are left alone and
// must move all the time in what is shown: one bad camera does not hold up the others.
func (f *fleet) torment(t *testing.T, n int, d time.Duration, shown func() map[uint8]uint32) {
	t.Helper()
	faults := []string{
		"stall", "hang", "reset", "refuse", "cut", "truncate", "garbage", "slow", "401", "403", "421", "503", "failed",
		"placeholder", "newer", "not-an-agent", "huge", "large", "bulky", "scans",
	}
	numbers := rand.Perm(n)
	well, broken := numbers[:4], numbers[4:]
	begin, before := time.Now(), shown()
	for step := begin; time.Since(begin) < d; {
		fault := "none"
		if rand.IntN(3) > 0 {
			fault = faults[rand.IntN(len(faults))]
		}
		f.set(t, broken[rand.IntN(len(broken))]+1, fault)
		time.Sleep(time.Duration(200+rand.IntN(1500)) * time.Millisecond)
		if time.Since(step) < 15*time.Second {
			continue
		}
		step = time.Now()
		now := shown()
		for _, number := range well {
			camera := uint8(number + 1)
			if now[camera] <= before[camera] {
				t.Errorf("%s is well and does not move: frame %d after %d", name(number+1), now[camera], before[camera])
			}
		}
		before = now
	}
	f.set(t, 0, "none")
}
