//go:build linux

package e2e

import (
	"fmt"
	"image"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pigrid/shared/strip"
)

// The production program with every number of cameras that a grid is made for:
// all pictures move, none is missing, and they are as large as they can be
// (holes, scrolling, wrong aspect: cctv-viewer#5, zoneminder#2878).
func TestWall(t *testing.T) {
	for _, w := range []struct {
		n    int
		args []string
	}{{1, nil}, {4, nil}, {4, []string{"-locked"}}, {9, nil}, {16, nil}, {36, nil}, {64, nil}} {
		n := w.n
		t.Run(fmt.Sprint(n, strings.Join(w.args, "")), func(t *testing.T) {
			f := startFleet(t, n, 10, w.args...)
			s := newScreen(t)
			a := startApp(t, appProgram, s, f.home(t, 1920, 1080))
			begin := time.Now()
			s.untilWall(t, n)
			t.Logf("%d cameras: all moving %v after the start", n, time.Since(begin).Round(10*time.Millisecond))
			checkWall(t, s.twoPictures(t, n), n)
			a.interrupt(t, 5*time.Second)
		})
	}
}

// twoPictures keeps two pictures of a wall of n cameras as files, and reads from
// them that every camera's picture is a later one in the second. It returns what
// is where in it.
func (s *screen) twoPictures(t *testing.T, n int) []strip.Found {
	t.Helper()
	dir := os.Getenv("PIGRID_KEEP_PICTURES")
	if dir == "" {
		dir = t.TempDir()
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	var found []strip.Found
	frames := map[uint8]uint32{} // in the picture before
	for picture := 1; picture <= 2; picture++ {
		file := filepath.Join(dir, fmt.Sprintf("wall-%02d-%d.png", n, picture))
		until(t, 30*time.Second, fmt.Sprintf("picture %d shows %d cameras, each with a later frame", picture, n), func() bool {
			s.writePNG(t, file)
			found = strip.Find(readPNG(t, file))
			later := 0
			for _, f := range found {
				if before, ok := frames[f.Camera]; picture == 1 || ok && f.Frame > before {
					later++
				}
			}
			return later == n && len(found) == n
		})
		for _, f := range found {
			frames[f.Camera] = f.Frame
		}
	}
	if len(frames) != n {
		t.Errorf("%d different cameras", len(frames))
	}
	return found
}

// untilWall waits until cameras 1 to n are shown and each has moved. Not all
// have to be read at one look: what is being painted cannot be.
func (s *screen) untilWall(t *testing.T, n int) {
	t.Helper()
	first, moved := map[uint8]uint32{}, map[uint8]bool{}
	defer func() {
		if len(first) != n || len(moved) != n {
			t.Logf("seen %v, of these moved %v", first, moved)
		}
	}()
	until(t, time.Minute, fmt.Sprintf("%d pictures move", n), func() bool {
		for camera, frame := range frames(t, s) {
			then, seen := first[camera]
			if !seen {
				first[camera] = frame
			} else if frame > then {
				moved[camera] = true
			}
		}
		return len(first) == n && len(moved) == n
	})
}

// checkWall checks that n pictures of 4:3 stand side by side, all of one size
// and as large as the window allows.
func checkWall(t *testing.T, found []strip.Found, n int) {
	t.Helper()
	best := 0.0
	for columns := 1; columns <= n; columns++ {
		best = max(best, widthIn(columns, (n+columns-1)/columns))
	}
	const slack = 4 // pixels, and one in a hundred, that reading a strip may be wrong by
	var all []image.Rectangle
	for _, f := range found {
		r := f.Rect
		r.Max.Y = r.Min.Y + r.Dx()*3/4 // the strip is the top of a picture
		all = append(all, r)
		// 1 % is given up for fewer holes, 5 % for not moving the tiles.
		if w := float64(r.Dx()); w < best*0.93-slack || w > best*1.01+slack {
			t.Errorf("camera %d is %v pixels wide, %.0f are possible", f.Camera, w, best)
		}
		if !r.In(image.Rect(-slack, 40-slack, 1920+slack, 1080+slack)) {
			t.Errorf("camera %d is at %v, outside of the window", f.Camera, r)
		}
	}
	for i, a := range all {
		for _, b := range all[:i] {
			if a.Inset(slack).Overlaps(b.Inset(slack)) {
				t.Errorf("cameras lie over each other: %v and %v", a, b)
			}
		}
	}
}

// widthIn is how wide pictures of 4:3 can be in this grid below the header of a
// window of 1920x1080.
func widthIn(columns, rows int) float64 {
	const padding, gap, header = 8, 4, 40
	w := (1920 - 2*padding - float64(columns-1)*gap) / float64(columns)
	h := (1080 - header - 2*padding - float64(rows-1)*gap) / float64(rows)
	return math.Min(w, h*4/3)
}
