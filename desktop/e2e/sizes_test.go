//go:build linux

package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

const (
	turns      = 3                // of each way
	turnFor    = 12 * time.Second // that is measured
	turnSettle = 8 * time.Second  // until caches and connections are what they stay at
)

// turn is what a wall came to for a while.
type turn struct {
	shown, cpu, mbits float64 // pictures a second, CPU ms for each, Mb/s from the agents
	p50, oldest       time.Duration
	widths            string // that were asked for
}

// measureSizes compares full pictures with those of the tile's size, by turns in one run
// of the app. It returns a table.
func measureSizes(t *testing.T) string {
	f := startFleet(t, 64, 30)
	s := newScreen(t)
	a := startApp(t, appProgram, s, f.home(t, 1920, 1080))
	s.untilWall(t, 64)
	var full, tile []turn
	for range turns {
		f.rigid(t, true)
		full = append(full, measureTurn(t, f, s, a))
		f.rigid(t, false)
		tile = append(tile, measureTurn(t, f, s, a))
	}
	a.interrupt(t, 5*time.Second)
	row := func(name string, of []turn) string {
		return fmt.Sprintf("| %s | %.0f | %.0f ms | %.0f ms | %.1f | %.0f Mb/s | %s |\n", name, median(of, func(t turn) float64 { return t.shown }),
			median(of, func(t turn) float64 { return ms(t.p50) }), median(of, func(t turn) float64 { return ms(t.oldest) }),
			median(of, func(t turn) float64 { return t.cpu }), median(of, func(t turn) float64 { return t.mbits }), of[0].widths)
	}
	ratio := func(value func(turn) float64) float64 {
		var pairs []turn
		for i := range full {
			pairs = append(pairs, turn{shown: value(tile[i]) / value(full[i])})
		}
		return median(pairs, func(t turn) float64 { return t.shown })
	}
	table := "| cameras at 30 fps, by turns | shown per second | age p50 | oldest | CPU ms per shown picture | from the agents | widths asked for |\n" +
		"| --- | ---: | ---: | ---: | ---: | ---: | --- |\n" + row("64 of 640x480, full size", full) + row("64 of 640x480, the tile's size", tile) +
		fmt.Sprintf("| tile / full | **%.2f** (>= 2) | %.2f | %.2f | **%.2f** (<= 0.5) | **%.2f** (<= 0.17) | |\n",
			ratio(func(t turn) float64 { return t.shown }), ratio(func(t turn) float64 { return ms(t.p50) }), ratio(func(t turn) float64 { return ms(t.oldest) }),
			ratio(func(t turn) float64 { return t.cpu }), ratio(func(t turn) float64 { return t.mbits }))
	table += measureLarge(t, row)
	t.Log("\n" + table)
	return table
}

// measureLarge measures 16 cameras of 1080p.
func measureLarge(t *testing.T, row func(string, []turn) string) string {
	f := startFleet(t, 16, 30, "-size", "1920x1080")
	s := newScreen(t)
	a := startApp(t, appProgram, s, f.home(t, 1920, 1080))
	s.untilWall(t, 16)
	tile := []turn{measureTurn(t, f, s, a)}
	f.rigid(t, true)
	full := []turn{measureTurn(t, f, s, a)}
	a.interrupt(t, 5*time.Second)
	return row("16 of 1920x1080, full size", full) + row("16 of 1920x1080, the tile's size (<= 300 ms)", tile)
}

func measureTurn(t *testing.T, f *fleet, s *screen, a *app) turn {
	t.Helper()
	time.Sleep(turnSettle)
	until(t, 10*time.Second, "strips can be read", func() bool { return len(frames(t, s)) > 0 })
	g := s.glance(t)
	cameras, before := f.list(t), a.usage(t)
	v := g.watch(cameras, turnFor)
	after := a.usage(t)
	sent, widths := int64(0), map[string]bool{}
	for i, c := range f.list(t) {
		sent += c.Bytes - cameras[i].Bytes
		widths[strings.ReplaceAll(fmt.Sprint(c.Widths), "[0]", "[full]")] = true
	}
	p50, _, oldest := v.age()
	seconds := v.took.Seconds()
	x := turn{
		shown: v.perSecond(), cpu: ms(after.cpu-before.cpu) / max(1, v.perSecond()*seconds), mbits: float64(sent) * 8 / 1e6 / seconds,
		p50: p50, oldest: oldest, widths: keysOf(widths),
	}
	t.Logf("%d strips read: %+v", len(g.places), x)
	return x
}

// median is the middle one of some figures of turns.
func median(of []turn, value func(turn) float64) float64 {
	var all []float64
	for _, x := range of {
		all = append(all, value(x))
	}
	slices.Sort(all)
	return all[len(all)/2]
}
