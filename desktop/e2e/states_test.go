//go:build linux

package e2e

import (
	"fmt"
	"path/filepath"
	"regexp"
	"testing"
	"time"
)

// trouble is a fault and what must be seen of it.
type trouble struct {
	fault  string
	status string // the words in the corner of the tile, a pattern
	notice string // what happened and what one can do, "" for none
	label  string // what a screen reader says after the name
	sight  sight
}

// sight is what is to be seen of the picture itself.
type sight int

const (
	dimmed sight = iota // an old picture under words: its strip cannot be read
	frozen              // an old picture, grey
	moving
)

const offline = `^Offline since \d\d:\d\d( · retrying (now|in \d+ s))?$`

// troubles come in batches: eight cameras that fail wait longer before they are
// tried again, and when half of all fail together one banner speaks for them.
var troubles = [][]trouble{
	{
		{"refuse", offline, `^Camera 1's Pi is on \(127.*\), but PiGrid isn't running there\. Start it on the Pi`, "offline since", dimmed},
		{"reset", offline, `^Camera 2 closed the connection \(127.*\)\. The agent may be restarting`, "offline since", dimmed},
		{"hang", offline, `^Camera 3 is taking too long to answer \(127.*\)\. The Pi may be off, very busy`, "offline since", dimmed},
		{"401", `^Access denied( · .*)?$`, `^Camera 4 asks for a password\.`, "access denied", dimmed},
		{"403", `^Access denied( · .*)?$`, `^Camera 5 denies access to this computer\. This agent answers computers on its own network only\. Start it with --allow-from`, "access denied", dimmed},
		{"421", `^Access denied( · .*)?$`, `^Camera 6 rejects requests addressed to 127.* Use its IP address`, "access denied", dimmed},
		{"stall", `^No new picture for \d+ s$`, ``, "no new picture", frozen},
		{"slow", `^Slow · [01](\.\d)? fps$`, ``, "slow, ", moving},
	},
	{
		{"503", `^Too many viewers( · .*)?$`, `^Camera 1 has as many viewers as it can serve \(127.*\)\. Close one, or start the agent with a larger --max-viewers\.$`, "too many viewers", dimmed},
		{"garbage", offline, `^Camera 2 sends data that is not a picture \(127.*\)\. Restart the agent`, "offline since", dimmed},
		{"cut", offline, `^Camera 3 closed the connection`, "offline since", dimmed},
		{"not-an-agent", offline, `^Something else answers at the address of Camera 4 \(127.*\)\. Check the address`, "offline since", dimmed},
		{"failed", `^Camera problem$`, `^Camera 5: the camera is used by another program\. Close it or restart the agent\.$`, "camera problem", dimmed},
		{"placeholder", `^Camera problem$`, `^Camera 6: the camera is used by another program\. Close it or restart the agent\.$`, "camera problem", dimmed},
		{"newer", `^Agent too new$`, `^The agent of Camera 7 \(version 0\.0\.0-fleet\) is newer than this PiGrid\. Update PiGrid`, "agent too new", dimmed},
		{"truncate", `^Live`, ``, "live", moving},
		{"huge", `^Picture too large( · .*)?$`, `^The picture from Camera 9 is too large to show\. Choose a smaller picture size`, "picture too large", dimmed},
	},
}

// Every state's words, with the real Go side, in the real engines: the page of
// the app as it runs in its window. The cameras that are well show that one bad
// camera does not hold up the others (frigate#1729), and that a tile is live
// again by itself when its camera is (motioneye#2429).
func TestEveryStateInEveryEngine(t *testing.T) {
	const n = 20
	f := startFleet(t, n, 5)
	url := servePage(t, f)
	for _, e := range engines(t) {
		t.Run(e.name, func(t *testing.T) {
			w := &watch{browser: e.open(t, "about:blank"), well: map[string]bool{}}
			// The streams of whoever looked before end a moment later: one that is
			// taken over would be stalled, not connecting.
			until(t, 20*time.Second, "nobody looks at the last camera", func() bool { return f.list(t)[n-1].Viewers == 0 })
			f.set(t, n, "hang")
			w.load(t, url)
			until(t, 20*time.Second, "a camera that does not answer yet is connecting", func() bool {
				return w.look(t)[name(n)].Status == "Connecting…"
			})
			f.set(t, n, "none")
			w.untilLive(t, n)
			w.pause(t, n)
			for i, batch := range troubles {
				w.suffer(t, f, n, batch)
				w.save(t, fmt.Sprintf("states-%s-%d", e.name, i+1))
				f.set(t, 0, "none")
				w.well = map[string]bool{}
				w.untilLive(t, n)
			}
			w.loseHalf(t, f, n)
			w.save(t, "states-"+e.name+"-banner")
			f.set(t, 0, "none")
			w.well = map[string]bool{}
			w.untilLive(t, n)
			until(t, 20*time.Second, "the banner is gone", func() bool { return w.banners(t) == "" })
			t.Logf("%d looks; the longest that a camera that was well showed one picture: %v", w.looks, w.worst.Round(time.Millisecond))
		})
	}
}

// servePage starts the app that lends its page to browsers, and returns where.
// Its own window is minimised: nobody runs two, and it would take CPU from them.
func servePage(t *testing.T, f *fleet) (url string) {
	t.Helper()
	port := freePort(t)
	page, err := filepath.Abs("../../frontend/dist")
	if err != nil {
		t.Fatal(err)
	}
	s := newScreen(t)
	s.startWindowManager(t)
	startApp(t, devProgram, s, f.home(t, 480, 320), "devserver=127.0.0.1:"+port, "assetdir="+page)
	url = "http://127.0.0.1:" + port
	until(t, 20*time.Second, "the app serves its page", func() bool {
		resp, err := f.client.Get(url)
		return err == nil && resp.Body.Close() == nil
	})
	until(t, 20*time.Second, "its own window shows cameras", func() bool { return f.viewers(t) > 0 && s.xdotoolFinds("^PiGrid$") })
	s.xdotool(t, "windowminimize", s.window(t))
	until(t, 20*time.Second, "its own window asks for nothing", func() bool { return f.viewers(t) == 0 })
	return url
}

func name(number int) string { return fmt.Sprintf("Camera %d", number) }

// watch is a browser, and what was seen in it so far.
type watch struct {
	*browser
	well  map[string]bool // cameras that have to be live all the time
	shown map[uint8]uint32
	since map[uint8]time.Time // when that frame was first seen
	looks int
	worst time.Duration // that a well camera showed one frame
}

// look reads the words and the pictures.
func (w *watch) look(t *testing.T) map[string]tile {
	t.Helper()
	now := time.Now()
	before := w.shown
	w.shown = frames(t, w.screen)
	if w.since == nil {
		w.since = map[uint8]time.Time{}
	}
	w.looks++
	tiles := w.tiles(t)
	for camera, frame := range w.shown {
		if old, ok := before[camera]; !ok || old != frame {
			w.since[camera] = now
		}
	}
	for well := range w.well {
		if label := tiles[well].Label; !wellLabel.MatchString(label) {
			t.Errorf("%s has nothing to do with it and is %q", well, label)
		}
	}
	for camera, since := range w.since {
		if w.well[name(int(camera))] {
			w.worst = max(w.worst, now.Sub(since))
		}
	}
	return tiles
}

// A busy machine may make slow what is well.
var wellLabel = regexp.MustCompile(`, (live|slow)(, |$)`)

// moved counts cameras whose picture changed since then.
func (w *watch) moved(then map[uint8]uint32) int {
	n := 0
	for camera, frame := range w.shown {
		if before, ok := then[camera]; ok && frame > before {
			n++
		}
	}
	return n
}

// untilLive waits until all n cameras are live, in words and on the screen.
func (w *watch) untilLive(t *testing.T, n int) {
	t.Helper()
	var first map[uint8]uint32
	until(t, time.Minute, fmt.Sprintf("all %d are live and move", n), func() bool {
		live := 0
		for _, one := range w.look(t) {
			if wellLabel.MatchString(one.Label) && one.Notice == "" && !one.Broken {
				live++
			}
		}
		if len(first) < n {
			first = w.shown
		}
		return live == n && w.moved(first) == n
	})
}

// pause presses Space: the first camera's picture stands until it is pressed
// again. Nothing of it is asked for meanwhile.
func (w *watch) pause(t *testing.T, n int) {
	t.Helper()
	paused := trouble{status: `^Paused by you$`, label: "paused by you", sight: frozen}
	w.press(t, " ")
	how := ""
	defer func() {
		if how != "" {
			t.Errorf("paused: %s", how)
		}
	}()
	for number := 2; number <= n; number++ {
		w.well[name(number)] = true
	}
	var then map[uint8]uint32
	until(t, 20*time.Second, "a picture stands and says who stopped it", func() bool {
		before := w.shown
		how = paused.judge(w.look(t)[name(1)], 1, before, w.shown)
		if then == nil || how != "" {
			then = w.shown
		}
		return how == "" && w.moved(then) == n-1 // the others went on meanwhile
	})
	w.press(t, " ")
	w.well = map[string]bool{}
	w.untilLive(t, n)
}

// suffer breaks cameras 1, 2, … and waits until each shows what it must.
func (w *watch) suffer(t *testing.T, f *fleet, n int, batch []trouble) {
	t.Helper()
	for number := len(batch) + 1; number <= n; number++ {
		w.well[name(number)] = true
	}
	for i, b := range batch {
		f.set(t, i+1, b.fault)
	}
	seen := map[string]bool{}
	wrong := map[string]string{}
	defer func() {
		for fault, how := range wrong {
			t.Errorf("%s: %s", fault, how)
		}
	}()
	begin := time.Now()
	until(t, time.Minute, fmt.Sprintf("%d faults are told", len(batch)), func() bool {
		old := w.shown
		tiles := w.look(t)
		for i, b := range batch {
			if seen[b.fault] {
				continue
			}
			if how := b.judge(tiles[name(i+1)], uint8(i+1), old, w.shown); how != "" {
				wrong[b.fault] = how
				continue
			}
			t.Logf("%v after %s: %s, %s", time.Since(begin).Round(100*time.Millisecond), b.fault, tiles[name(i+1)].Status, tiles[name(i+1)].Notice)
			seen[b.fault] = true
			delete(wrong, b.fault)
		}
		return len(seen) == len(batch)
	})
}

// loseHalf makes more than half of the cameras fail together: one banner says so,
// not a dozen tiles, and those that are left go on.
func (w *watch) loseHalf(t *testing.T, f *fleet, n int) {
	t.Helper()
	lost := n/2 + 2
	for number := lost + 1; number <= n; number++ {
		w.well[name(number)] = true
	}
	for number := 1; number <= lost; number++ {
		f.set(t, number, "refuse")
	}
	want := regexp.MustCompile(fmt.Sprintf(`^%d of %d cameras went offline at \d\d:\d\d\. A switch or access point may be off\.( Retrying (now|in \d+ s)\.)?$`, lost, n))
	how := ""
	defer func() {
		if how != "" {
			t.Errorf("half of all failed: %s", how)
		}
	}()
	until(t, time.Minute, "one banner speaks for half of all", func() bool {
		how = ""
		tiles := w.look(t)
		if said := w.banners(t); !want.MatchString(said) {
			how = fmt.Sprintf("the banner says %q", said)
		}
		for number := 1; number <= lost; number++ {
			if is := tiles[name(number)]; !regexp.MustCompile(offline).MatchString(is.Status) || is.Notice != "" {
				how = fmt.Sprintf("%s says %q and explains %q", name(number), is.Status, is.Notice)
			}
			if frame, read := w.shown[uint8(number)]; read {
				how = fmt.Sprintf("%s is not dimmed: frame %d can be read", name(number), frame)
			}
		}
		return how == ""
	})
}

// judge says what is not as it must be, "" when all is.
func (b trouble) judge(is tile, number uint8, before, now map[uint8]uint32) string {
	if !regexp.MustCompile(b.status).MatchString(is.Status) {
		return fmt.Sprintf("says %q, not %s", is.Status, b.status)
	}
	if !regexp.MustCompile(b.notice).MatchString(is.Notice) || (b.notice == "") != (is.Notice == "") {
		return fmt.Sprintf("explains %q, not %s", is.Notice, b.notice)
	}
	if !regexp.MustCompile("^[^,]+, "+b.label).MatchString(is.Label) || is.Broken {
		return fmt.Sprintf("is called %q, broken picture: %v", is.Label, is.Broken)
	}
	then, had := before[number]
	frame, has := now[number]
	ok := false
	switch b.sight {
	case dimmed:
		ok = !has
	case frozen:
		ok = has && had && frame == then
	case moving:
		ok = has && had && frame > then
	}
	if !ok {
		return fmt.Sprintf("frame %d (%v) after %d (%v)", frame, has, then, had)
	}
	return ""
}
