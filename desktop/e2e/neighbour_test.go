//go:build linux

package e2e

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"pigrid/desktop/cameras"
)

// A hostile neighbour beside twenty good cameras, with all it has and at random: see
// desktop/fleet/neighbour.go. The good ones stay live, no copy is shown in their
// place, no password is told, and what the app holds and remembers stays bounded.
// WALL_TIME is how long, 1h unless set.
func TestWallBesideNeighbour(t *testing.T) {
	if os.Getenv("PIGRID_SOAK") == "" {
		t.Skip("set PIGRID_SOAK=1 to run for an hour")
	}
	limit := wallTime(t)
	b := newStreet(t)
	s := newScreen(t)
	a := startCommand(t, in(b.app, appProgram), s, b.home, "PIGRID_MDNS=true")
	w := &beside{screen: s, groups: []int{a.group(), b.fleet.group(), b.neighbour.group(), s.server.group(), syscall.Getpgrp()}, last: map[uint8]uint32{}, moved: map[uint8]time.Time{}, stood: map[uint8]int{}, copied: map[uint8]bool{}}
	w.untilLive(t)
	var all []usage
	begin := time.Now()
	for minute := 1; time.Since(begin) < limit; minute++ {
		w.watch(t, time.Minute)
		answered := w.press(t, b)
		select {
		case <-a.done:
			t.Fatal("the app has ended")
		default:
		}
		u := a.usage(t)
		all = append(all, u)
		t.Logf("minute %d: app %d MB, WebKit %d MB, CPU %v in all; %s; %d of %d looks counted, at these %d times a good camera stood, for %v at most; the window answers in %v; load %s",
			minute, u.app>>20, u.webkit>>20, u.cpu.Round(time.Second), b.checkRemembered(t), w.looks, w.all, w.stands(), w.longest.Round(time.Second/10), answered.Round(time.Millisecond), load(t))
		b.checkCounts(t)
	}
	s.save(t, "beside-neighbour")
	b.logCounts(t)
	w.checkShares(t)
	checkTrend(t, all)
	a.interrupt(t, 5*time.Second)
}

// checkTrend checks that memory does not grow, by the straight line that fits best
// after the first quarter: large pictures that come and go make it swing by hundreds
// of megabytes from one minute to the next, so that two of them cannot be compared.
// It fails when the growth is surely more than a little, and says how sure it is.
func checkTrend(t *testing.T, all []usage) {
	t.Helper()
	const little = 32 << 20 // in an hour
	if len(all) < 8 {
		t.Log("too short to say whether memory grows")
		return
	}
	for name, held := range map[string]func(usage) int{
		"app": func(u usage) int { return u.app }, "WebKit": func(u usage) int { return u.webkit },
	} {
		var values []float64
		for _, u := range all[len(all)/4:] {
			values = append(values, float64(held(u)))
		}
		slope, sigma := trend(values)
		perHour, unsure := 60*slope, 2*60*sigma
		t.Logf("the memory of %s grows by %.0f MB an hour, give or take %.0f", name, perHour/(1<<20), unsure/(1<<20))
		if perHour-unsure > little {
			t.Errorf("the memory of %s grows", name)
		}
	}
}

// trend returns the slope of the straight line that fits best through values, from
// one to the next, and its standard error.
func trend(values []float64) (slope, sigma float64) {
	n := float64(len(values))
	var mean float64
	for _, v := range values {
		mean += v / n
	}
	middle := (n - 1) / 2
	var xy, xx float64
	for i, v := range values {
		xy += (float64(i) - middle) * (v - mean)
		xx += (float64(i) - middle) * (float64(i) - middle)
	}
	slope = xy / xx
	var rest float64
	for i, v := range values {
		off := v - mean - slope*(float64(i)-middle)
		rest += off * off
	}
	return slope, math.Sqrt(rest / (n - 2) / xx)
}

func TestTrend(t *testing.T) {
	swing := []float64{300, -200, 100, -250, 50, 200, -100, -100}
	for leak, want := range map[float64]bool{0: false, 2: false, 60: true} { // a minute
		var values []float64
		for i := range 45 {
			values = append(values, 2000+swing[i*5%8]+leak*float64(i))
		}
		if slope, sigma := trend(values); (slope-2*sigma > 2) != want || math.Abs(slope-leak) > 3*sigma {
			t.Errorf("a leak of %.0f: %.1f, give or take %.1f", leak, slope, 2*sigma)
		}
	}
}

// street is a network with good agents and a neighbour.
type street struct {
	cable
	home      home
	fleet     far // of good cameras
	good      []camera
	neighbour far

	remembered int // cameras, at the last look into the settings
}

const (
	goodCameras = 20
	onPage      = 100 // more than tiles of 160 pixels find room in the window
	firstLiar   = 101 // also the number in its strip
	liars       = 16
	password    = "s3cret" // for the camera whose login changes
)

// copies are the numbers in the strips of pictures that copies of good agents give.
var copies = []uint8{firstLiar + 5, firstLiar + 9, firstLiar + 13}

func newStreet(t *testing.T) *street {
	t.Helper()
	const elsewhere = "10.99.0.1"
	b := &street{cable: newCable(t, goodCameras)}
	for i := range liars {
		ip(t, "-n", b.cameras, "addr", "add", fmt.Sprintf("10.77.0.%d/24", firstLiar+i), "dev", "lan0")
	}
	ip(t, "-n", b.cameras, "addr", "add", elsewhere+"/24", "dev", "lo")
	ip(t, "-n", b.app, "route", "add", "default", "via", "10.77.0.1")

	b.fleet = b.startFleet(t, "-n", fmt.Sprint(goodCameras), "-fps", "10", "-prefix", "10.77.0.")
	b.fleet.ask(t, "PUT", "/agents/all/fault?name=late", nil)
	b.good = b.fleet.list(t)
	var at []string
	for _, c := range b.good {
		at = append(at, c.Addr)
	}
	b.neighbour = b.startFleet(t, "-n", fmt.Sprint(liars), "-first", fmt.Sprint(firstLiar), "-fps", "10", "-prefix", "10.77.0.",
		"-good", strings.Join(at, ","), "-elsewhere", elsewhere)
	b.home = homeOf(t, 1920, 1080, remembered(b.good))
	b.addDoor(t, b.neighbour.list(t)[liars-1].Addr)
	return b
}

// addDoor adds a camera that asked for a password by Digest when it was added.
func (b *street) addDoor(t *testing.T, addr string) {
	t.Helper()
	var s map[string]any
	b.read(t, b.home.settings(), &s)
	url := "http://" + addr + "/video"
	key := cameras.ForeignKey(url)
	s["cameras"] = append(s["cameras"].([]any), map[string]any{
		"key": key, "name": "Camera with a door", "addresses": []string{addr}, "url": url, "login": true,
		"asks": map[string]string{"scheme": "digest", "realm": "door"}, "added": time.Now().UTC(),
	})
	s["version"] = 2
	b.write(t, b.home.settings(), s)
	b.write(t, filepath.Join(filepath.Dir(b.home.settings()), "secrets.json"), map[string]string{
		key: fmt.Sprintf(`{"user":"root","password":%q}`, password),
	})
}

func (b *street) read(t *testing.T, file string, into any) (size int) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(data, into)
	}
	if err != nil {
		t.Fatal(err)
	}
	return len(data)
}

func (b *street) write(t *testing.T, file string, what any) {
	t.Helper()
	data, err := json.Marshal(what)
	if err == nil {
		err = os.WriteFile(file, data, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// checkRemembered checks the settings file, and says what is in it.
func (b *street) checkRemembered(t *testing.T) string {
	t.Helper()
	const found, perAgent, largest = 768, 64, 1 << 20
	var s struct{ Cameras []known }
	size := b.read(t, b.home.settings(), &s)
	b.remembered = len(s.Cameras)
	of := map[string]int{}
	good := map[string]known{}
	for _, c := range s.Cameras {
		agent, _, _ := cameras.SplitKey(c.Key)
		of[agent]++
		good[c.Key] = c
		if len(c.Addresses) > 8 || agent != "" && of[agent] == perAgent+1 {
			t.Errorf("%s: %d addresses, more cameras than %d", c.Key, len(c.Addresses), perAgent)
		}
	}
	if len(s.Cameras) > found+1 || size > largest {
		t.Errorf("%d cameras are remembered in %d bytes", len(s.Cameras), size)
	}
	for _, c := range b.good {
		if is, ok := good[c.key()]; !ok || is.Name != c.Name || len(is.Addresses) == 0 || is.Addresses[0] != c.Addr {
			t.Errorf("of %s at %s is remembered %+v", c.Name, c.Addr, is)
		}
	}
	return fmt.Sprintf("%d cameras remembered in %d kB", len(s.Cameras), size>>10)
}

// checkCounts checks what the neighbour was asked.
func (b *street) checkCounts(t *testing.T) {
	t.Helper()
	counts := b.counts(t)
	// Its streams, and what it announces, have it asked every other second, a watch
	// asks it every five seconds by itself, and an agent that lists nothing may have
	// just been started.
	const most = 60
	if n := counts["questions for one liar's status in a minute"]; n > most {
		t.Errorf("a liar was asked for its status %d times in a minute", n)
	}
	for _, never := range []string{"passwords told to a stranger", "other questions to a router elsewhere", "a fault that could not be set"} {
		if n := counts[never]; n > 0 {
			t.Errorf("%s: %d", never, n)
		}
	}
}

func (b *street) counts(t *testing.T) (counts map[string]int) {
	t.Helper()
	b.neighbour.ask(t, "GET", "/counts", &counts)
	return counts
}

// logCounts says what the neighbour did, and checks that it did all it can.
func (b *street) logCounts(t *testing.T) {
	t.Helper()
	counts := b.counts(t)
	attacks := 0
	var lines []string
	for what, n := range counts {
		lines = append(lines, fmt.Sprintf("%s: %d", what, n))
		if strings.HasPrefix(what, "attack: ") {
			attacks += n
		}
	}
	slices.Sort(lines)
	t.Logf("%d attacks:\n%s", attacks, strings.Join(lines, "\n"))
	for _, must := range []string{
		"announcements", "questions to a router elsewhere", "questions for a copied status",
		"attack: asks for a password in any way", "questions with a password by Digest",
	} {
		if counts[must] == 0 {
			t.Errorf("the neighbour reached nobody: %s: 0", must)
		}
	}
}

// beside looks at a window in which good cameras and others are.
type beside struct {
	*screen
	last    map[uint8]uint32
	moved   map[uint8]time.Time // when each good camera was seen to move last
	stood   map[uint8]int       // looks at which it did not
	copied  map[uint8]bool      // copies whose pictures were seen
	groups  []int               // process groups of all that the test started, and its own
	all     int                 // looks
	looks   int                 // those at which no other program kept the machine busy
	longest time.Duration       // that one stood
}

// look notes which good cameras have moved since the last look.
func (w *beside) look(t *testing.T) {
	t.Helper()
	now, shown := time.Now(), frames(t, w.screen)
	for _, number := range copies {
		if _, seen := shown[number]; seen && !w.copied[number] {
			w.copied[number] = true // said once
			t.Errorf("a tile shows the pictures of the copy %d", number)
		}
	}
	for number := uint8(1); number <= goodCameras; number++ {
		if frame, ok := shown[number]; ok && frame > w.last[number] {
			w.last[number], w.moved[number] = frame, now
		}
	}
}

// untilLive waits until all good cameras move.
func (w *beside) untilLive(t *testing.T) {
	t.Helper()
	begin := time.Now()
	first := map[uint8]uint32{}
	until(t, time.Minute, "the good cameras move", func() bool {
		w.look(t)
		for number, frame := range w.last {
			if _, ok := first[number]; !ok {
				first[number] = frame
			}
		}
		moving := 0
		for number, at := range w.moved {
			if at.After(begin) && w.last[number] > first[number] {
				moving++
			}
		}
		return moving == goodCameras
	})
}

// watch looks every second: no good camera stands for long. What is seen while other
// programs take half of the machine or more says nothing of the app, which has to
// wait for them: such seconds are left out.
func (w *beside) watch(t *testing.T, d time.Duration) {
	t.Helper()
	const patience = 15 * time.Second
	begin := time.Now()
	for number := range w.moved {
		w.moved[number] = begin // nobody looked meanwhile
	}
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	others := w.others(t)
	for said := map[uint8]bool{}; time.Since(begin) < d; {
		<-tick.C
		now := time.Now()
		w.look(t)
		busy, took := others()
		if w.all++; busy >= 0.5 {
			for number := range w.moved {
				w.moved[number] = w.moved[number].Add(took)
			}
			continue
		}
		w.looks++
		for number, at := range w.moved {
			still := now.Sub(at)
			if still <= 0 {
				continue
			}
			w.stood[number]++
			w.longest = max(w.longest, still)
			if still > patience && !said[number] {
				said[number] = true
				t.Errorf("%s has not moved for %v", name(int(number)), still.Round(time.Second))
			}
		}
	}
}

// others returns a function that tells which share of all processors programs took
// that are not of this test, and over which time, since it was called last.
func (w *beside) others(t *testing.T) func() (share float64, took time.Duration) {
	t.Helper()
	machine, own, at := machineCPU(t), groupsCPU(t, w.groups), time.Now()
	return func() (float64, time.Duration) {
		machineNow, ownNow, now := machineCPU(t), groupsCPU(t, w.groups), time.Now()
		took := now.Sub(at)
		busy := (machineNow - machine) - (ownNow - own)
		machine, own, at = machineNow, ownNow, now
		return busy.Seconds() / took.Seconds() / float64(runtime.NumCPU()), took
	}
}

// stands is how many looks found one of the good cameras still.
func (w *beside) stands() int {
	n := 0
	for _, times := range w.stood {
		n += times
	}
	return n
}

// checkShares checks that each good camera moved at nearly all looks that count: a
// busy moment may make one stand for a look.
func (w *beside) checkShares(t *testing.T) {
	t.Helper()
	if w.looks == 0 {
		t.Log("other programs kept the machine busy all the time: nothing is known of how often the good cameras moved")
		return
	}
	share := func(times int) float64 { return 100 - 100*float64(times)/float64(w.looks) }
	least := 100.0
	for number, times := range w.stood {
		least = min(least, share(times))
		if share(times) < 90 {
			t.Errorf("%s moved at %.1f %% of the looks", name(int(number)), share(times))
		}
	}
	t.Logf("the good cameras moved at %.2f %% of the %d looks that counted, of %d; the one that moved least at %.2f %%",
		share(w.stands()/goodCameras), w.looks, w.all, least)
}

// load is how many programs of the machine want a processor, over the last minute.
func load(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Fields(string(data))[0]
}

// press shows the first camera alone, all again, and another page for a while: the
// window answers a person. It returns how long the first two took.
func (w *beside) press(t *testing.T, b *street) time.Duration {
	t.Helper()
	begin := time.Now()
	window := w.window(t)
	w.xdotool(t, "windowfocus", window, "key", "1")
	until(t, time.Minute, "one camera is shown alone", func() bool {
		shown := frames(t, w.screen)
		_, first := shown[1]
		return first && len(shown) == 1
	})
	w.xdotool(t, "windowfocus", window, "key", "0")
	until(t, time.Minute, "the others are shown again", func() bool { return len(frames(t, w.screen)) > 1 })
	took := time.Since(begin)
	w.turnPages(t, window, b)
	w.xdotool(t, "mousemove", "800", "20", "click", "1") // no frame of the focus over the first strip
	w.untilLive(t)
	return took
}

// turnPages looks at another page, if there is one, until no good camera has a
// viewer, and goes back: all of them are dialled again.
func (w *beside) turnPages(t *testing.T, window string, b *street) {
	t.Helper()
	if b.remembered < 2*onPage {
		return // there may be no other page yet
	}
	w.xdotool(t, "windowfocus", window, "key", "Next")
	away := func() bool {
		for number := range frames(t, w.screen) {
			if number <= goodCameras {
				return false
			}
		}
		return true
	}
	until(t, time.Minute, "another page is shown", away)
	// Where the camera that the person was at leaves, the first page is shown again.
	until(t, 30*time.Second, "nobody looks at the good cameras", func() bool {
		viewers := int64(0)
		for _, c := range b.fleet.list(t) {
			viewers += c.Viewers
		}
		return viewers == 0 || !away()
	})
	w.xdotool(t, "windowfocus", window, "key", "Prior")
}
