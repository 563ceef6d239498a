//go:build linux

package e2e

import (
	"bytes"
	"image/jpeg"
	"net/http"
	"net/url"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"pigrid/shared/strip"
)

// TestServeSoak: ten pages look at 20 cameras that fail at random, five of them come and
// go, and pigrid-serve holds no more after an hour. WALL_TIME is how long.
func TestServeSoak(t *testing.T) {
	if os.Getenv("PIGRID_SOAK") == "" {
		t.Skip("set PIGRID_SOAK=1 to run for an hour")
	}
	limit := wallTime(t)
	const n, stay, come = 20, 5, 5
	f := startFleet(t, n, 15)
	s := startServe(t, f)
	cameras := f.list(t)
	var pictures atomic.Int64
	defer guests(t, s, cameras, stay, &pictures)()
	looker := newGuest(t, s, new(atomic.Int64))
	defer looker.client.CloseIdleConnections()
	shown := func() map[uint8]uint32 { return looker.frames(t, cameras) }
	live := func() bool { return len(shown()) == n }
	until(t, 30*time.Second, "all cameras have pictures", live)
	var all []usage
	begin := time.Now()
	for minute := 1; time.Since(begin) < limit; minute++ {
		leave := guests(t, s, cameras, come, &pictures)
		before := pictures.Load()
		f.torment(t, n, 45*time.Second, shown)
		leave()
		until(t, 30*time.Second, "all cameras have pictures again", live)
		u := s.usage(t)
		t.Logf("minute %d: %d MB, CPU %v in all, %d pictures", minute, u.app>>20, u.cpu.Round(time.Second), pictures.Load()-before)
		all = append(all, u)
	}
	checkFlat(t, all)
}

// frames returns the number of the newest frame of each camera that has one.
func (g *guest) frames(t *testing.T, cameras []camera) map[uint8]uint32 {
	t.Helper()
	newest := map[uint8]uint32{}
	for _, c := range cameras {
		data, err := g.do(t.Context(), http.MethodGet, "/frame?key="+url.QueryEscape(c.key()), nil)
		if err != nil {
			continue
		}
		picture, err := jpeg.Decode(bytes.NewReader(data))
		if err != nil {
			continue
		}
		for _, mark := range strip.Find(picture) {
			newest[mark.Camera] = mark.Frame
		}
	}
	return newest
}
