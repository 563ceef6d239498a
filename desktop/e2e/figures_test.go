//go:build linux

package e2e

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"
)

const (
	performance = "../../docs/PERFORMANCE.md"

	measureFor = 20 * time.Second
	settleFor  = 8 * time.Second // until rates and caches are what they stay at
)

// TestWallFigures measures the wall on the production program and rewrites the
// table in docs/PERFORMANCE.md. Nothing in it makes a test fail. PIGRID_APP names
// another build of the app to measure; its table is printed only.
func TestWallFigures(t *testing.T) {
	if os.Getenv("PIGRID_BENCH") == "" {
		t.Skip("set PIGRID_BENCH=1 to measure")
	}
	var rows strings.Builder
	for _, w := range []struct {
		name string
		n    int
		keys []string // what a person presses first
		args []string // of the fleet
	}{{"16", 16, nil, nil}, {"64", 64, nil, nil}, {"64, one alone", 64, []string{"1"}, nil}, {"64, locked", 64, nil, []string{"-locked"}}} {
		t.Run(w.name, func(t *testing.T) {
			row := measureWall(t, w.name, w.n, w.keys, w.args...)
			t.Log(row) // also of a part that is measured alone
			rows.WriteString(row)
		})
	}
	sizes := ""
	t.Run("sizes", func(t *testing.T) { sizes = measureSizes(t) })
	tasks := ""
	t.Run("64 failing", func(t *testing.T) { tasks = longTasks(t) })
	clicks := ""
	t.Run("clicks", func(t *testing.T) { clicks = clickTimes(t) })
	if sizes == "" || tasks == "" || clicks == "" || strings.Count(rows.String(), "\n") != 4 {
		return // a part was asked for, or has failed: the table stays as it is
	}
	load, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		t.Fatal(err)
	}
	publish(t, "make wall", fmt.Sprintf("\nTaken on %s: %s, %d CPUs, load average at the end %s; each row watched for %v.\n\n", time.Now().Format(time.DateOnly),
		runtime.GOARCH, runtime.NumCPU(), strings.Join(strings.Fields(string(load))[:2], " "), measureFor)+
		"| cameras of 640x480 at 30 fps | shown per second, all tiles | slowest tile, fps | age p50 | worst tile's p50 | oldest | CPU, app + WebKit | CPU ms per shown picture | resident, app | resident, WebKit | CPU, cameras | from the agents | asked of each |\n"+
		"| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |\n"+rows.String()+"\n"+sizes+"\n"+tasks+"\n"+clicks)
}

// measureWall returns one row of the table.
func measureWall(t *testing.T, name string, n int, keys []string, args ...string) string {
	t.Helper()
	f := startFleet(t, n, 30, args...)
	s := newScreen(t)
	program := appProgram
	if other := os.Getenv("PIGRID_APP"); other != "" {
		program = other
	}
	a := startApp(t, program, s, f.home(t, 1920, 1080))
	s.untilWall(t, n)
	for _, key := range keys {
		s.xdotool(t, "windowfocus", s.window(t), "key", key)
	}
	time.Sleep(settleFor)
	until(t, 10*time.Second, "strips can be read", func() bool { return len(frames(t, s)) > 0 })
	s.save(t, "figures-"+strings.ReplaceAll(name, " ", "-"))
	g := s.glance(t)
	cameras := f.list(t)
	before, fleetBefore := a.usage(t), f.usage(t)
	v := g.watch(cameras, measureFor)
	after, fleetAfter := a.usage(t), f.usage(t)
	sent := int64(0)
	asked := map[string]bool{}
	for i, c := range f.list(t) {
		sent += c.Bytes - cameras[i].Bytes
		asked[strings.ReplaceAll(fmt.Sprint(c.Asked), "[0]", "[all]")] = true
	}
	p50, worst, oldest := v.age()
	slowest := v.perSecond()
	for _, shown := range v.frames {
		slowest = min(slowest, float64(shown)/v.took.Seconds())
	}
	cpu := after.cpu - before.cpu
	core := func(d time.Duration) float64 { return 100 * d.Seconds() / v.took.Seconds() }
	t.Logf("%d strips read; %s", len(g.places), strings.Join(after.process, ", "))
	a.interrupt(t, 5*time.Second)
	return fmt.Sprintf("| %s | %.0f | %.1f | %.0f ms | %.0f ms | %.0f ms | %.0f %% of a core | %.1f | %d MB | %d MB | %.0f %% | %.0f Mb/s | %s |\n",
		name, v.perSecond(), slowest, ms(p50), ms(worst), ms(oldest), core(cpu), ms(cpu)/max(1, v.perSecond()*v.took.Seconds()),
		after.app>>20, after.webkit>>20, core(fleetAfter.cpu-fleetBefore.cpu), float64(sent)*8/1e6/v.took.Seconds(), keysOf(asked))
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func keysOf(set map[string]bool) string {
	var list []string
	for k := range set {
		list = append(list, k)
	}
	return strings.Join(list, " ")
}

// publish prints what was measured and puts it into the page, between the lines that
// name the command.
func publish(t *testing.T, command, table string) {
	t.Helper()
	fmt.Print(table)
	if os.Getenv("PIGRID_APP") != "" {
		return
	}
	begin, end := "<!-- "+command+" writes from here -->\n", "<!-- "+command+": to here -->\n"
	text, err := os.ReadFile(performance)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := bytes.Cut(text, []byte(begin))
	_, after, ok2 := bytes.Cut(rest, []byte(end))
	if !ok || !ok2 {
		t.Fatalf("%s has lost the lines %q and %q", performance, begin, end)
	}
	if err := os.WriteFile(performance, bytes.Join([][]byte{before, []byte(begin + table + "\n" + end), after}, nil), 0o600); err != nil {
		t.Fatal(err)
	}
}
