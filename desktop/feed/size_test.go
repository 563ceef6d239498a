package feed

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/shared/mjpeg"
)

func TestRung(t *testing.T) {
	for _, tt := range []struct {
		full, tile, has int // has: -1 before the first connection
		want            int
	}{
		{640, 235, -1, 320},
		{640, 320, -1, 320},
		{640, 350, -1, 320}, // enlarged a little
		{640, 360, -1, 0},
		{640, 160, -1, 160},
		{640, 20, -1, 80}, // an eighth is the smallest
		{1920, 235, -1, 240},
		{1920, 900, -1, 960},
		{1920, 4000, -1, 0},
		{1920, 0, -1, 0},
		{0, 235, -1, 0}, // nobody knows of what
		{641, 300, -1, 321},
		{1, 1, -1, 1},

		{640, 340, 320, 320}, // up only when it is enlarged by more than a tenth
		{640, 352, 320, 320},
		{640, 354, 320, 0},
		{640, 340, 0, 0}, // down only when the smaller one need not be enlarged
		{640, 320, 0, 320},
		{640, 300, 0, 320},
		{640, 165, 320, 320},
		{640, 160, 320, 160},
		{1920, 250, 960, 480},
		{1920, 900, 240, 960},
		{1280, 235, 320, 320}, // another camera's rung
		{320, 235, 320, 0},
	} {
		s := sizes{full: size{tt.full, tt.full / 2}}
		if got := s.rung(tt.tile, max(0, tt.has), tt.has < 0); got != tt.want {
			t.Errorf("a camera of %d, asked for %d, in a tile of %d: asked for %d, want %d", tt.full, tt.has, tt.tile, got, tt.want)
		}
	}
}

// scaled is what an agent sends of a camera in a smaller size.
func (c *camera) scaled(n, width, height int) {
	c.t.Helper()
	w := c.saw().stream
	data := sized(c.t, width, height, 0)
	for range n {
		time.Sleep(100 * time.Millisecond)
		part := mjpeg.ScaledPartIn(nil, data, time.Now(), width, height)
		if _, err := w.Write(append([]byte(mjpeg.Opening), part.Standard...)); err != nil {
			c.t.Fatalf("the feed does not read: %v", err)
		}
	}
	synctest.Wait()
}

// whole is what a camera gives.
func (c *camera) whole(n, width, height int) {
	c.t.Helper()
	data := sized(c.t, width, height, 0)
	c.set(func(c *camera) { c.jpeg = data })
	c.send(n, 100*time.Millisecond, false)
}

// large is a camera of an agent that says how large its pictures are.
var large = Target{Endpoint: target.Endpoint, Path: target.Path, Rate: 10, Width: 640, Height: 480}

func asked(c *camera) (queries []string) {
	for _, url := range c.saw().dialled {
		_, query, _ := strings.Cut(url, "?")
		queries = append(queries, query)
	}
	return queries
}

func wantAsked(t *testing.T, c *camera, want ...string) {
	t.Helper()
	if got := asked(c); fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
		t.Fatalf("asked for %q, want %q", got, want)
	}
}

func wantSize(t *testing.T, f *Feed, width, height int) {
	t.Helper()
	if facts := f.Facts(); facts.Width != width || facts.Height != height {
		t.Errorf("the camera is said to have %dx%d pixels, want %dx%d", facts.Width, facts.Height, width, height)
	}
}

// tileOf makes the page's tile so many pixels wide from its next look on.
func (c *camera) tileOf(width int) {
	c.set(func(c *camera) { c.tile = width })
	c.after(600 * time.Millisecond)
}

func TestSizeFollowsTheTile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, c, _ := start(t, func(c *camera) { c.tile = 235 })
		f.SetTarget(large)
		c.after(time.Second)
		wantAsked(t, c, "width=320")
		c.scaled(20, 320, 240)
		wantState(t, f, cameras.Live)
		wantSize(t, f, 640, 480)

		// A little larger: nothing. Larger still: the full size, without a gap.
		c.tileOf(350)
		c.tileOf(400)
		wantAsked(t, c, "width=320", "")
		if c.saw().closed != 0 {
			t.Fatal("the smaller pictures ended before the larger ones came")
		}
		before := f.Frame().Seq
		c.whole(1, 640, 480)
		if got := f.Frame().Seq; got != before+1 || c.saw().closed != 1 {
			t.Errorf("frame %d after %d, %d closed", got, before, c.saw().closed)
		}
		wantSize(t, f, 640, 480)

		// Small again: after a while only.
		c.set(func(c *camera) { c.tile = 150 })
		c.send(10, 100*time.Millisecond, false)
		if len(asked(c)) != 2 {
			t.Fatalf("asked for %q at once", asked(c))
		}
		c.send(20, 100*time.Millisecond, false)
		wantAsked(t, c, "width=320", "", "width=160")
		c.scaled(5, 160, 120)
		wantState(t, f, cameras.Live)
		wantSize(t, f, 640, 480)
		if got := c.saw(); got.most != 2 || got.doubts != 0 {
			t.Errorf("%d connections at once, %d doubts", got.most, got.doubts)
		}
	})
}

// TestResizingOpensFewConnections: a person drags the window's edge.
func TestResizingOpensFewConnections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, c, _ := start(t, func(c *camera) { c.tile = 150 })
		to := large
		to.Width, to.Height = 1920, 1080
		f.SetTarget(to)
		c.after(time.Second)
		serve := func() {
			_, query, _ := strings.Cut(c.saw().dialled[len(c.saw().dialled)-1], "?")
			if width := 0; query == "" {
				c.whole(1, 1920, 1080)
			} else if _, err := fmt.Sscanf(query, "width=%d", &width); err == nil {
				c.scaled(1, width, width*9/16)
			}
		}
		for width := 150; width <= 900; width += 10 {
			f.Want(Rendition{FPS: 10, Width: width})
			c.set(func(c *camera) { c.tile = width })
			serve()
		}
		wantAsked(t, c, "width=240", "width=480", "width=960")
		stay := func(widths ...int) {
			for _, width := range widths {
				c.set(func(c *camera) { c.tile = width })
				for range 20 {
					serve()
				}
			}
		}
		stay(490, 525, 485, 700)
		wantAsked(t, c, "width=240", "width=480", "width=960")
		stay(470, 525, 485, 525, 470)
		wantAsked(t, c, "width=240", "width=480", "width=960", "width=480")
		wantState(t, f, cameras.Live)
		wantSize(t, f, 1920, 1080)
	})
}

// TestAgentThatCannotScale: an old one, or a camera of progressive pictures.
func TestAgentThatCannotScale(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, c, _ := start(t, func(c *camera) { c.tile = 235 })
		f.SetTarget(large)
		c.after(time.Second)
		c.whole(20, 640, 480)
		wantState(t, f, cameras.Live)
		for _, width := range []int{150, 600, 0, 235} {
			c.tileOf(width)
			c.whole(30, 640, 480)
		}
		wantAsked(t, c, "width=320")
		wantSize(t, f, 640, 480)
		// The same connection brings smaller ones from now on.
		c.scaled(30, 320, 240)
		c.tileOf(600)
		wantAsked(t, c, "width=320", "")
	})
}

// TestSizeThatTheStatusHadWrong: it said what was asked of the camera, which chose
// another size.
func TestSizeThatTheStatusHadWrong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, c, _ := start(t, func(c *camera) { c.tile = 235 })
		f.SetTarget(large)
		c.after(time.Second)
		c.scaled(3, 320, 180)
		wantSize(t, f, 640, 360) // its shape, at least
		if got := c.saw().doubts; got != 1 {
			t.Errorf("the agent was asked %d times", got)
		}
		to := large
		to.Width, to.Height = 1280, 720
		f.SetTarget(to)
		c.scaled(3, 320, 180)
		wantSize(t, f, 1280, 720)
		wantAsked(t, c, "width=320")
	})
}

// TestAgentWithoutTheTimeToScale: its smaller pictures come far too seldom, the full
// ones do not.
func TestAgentWithoutTheTimeToScale(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, c, _ := start(t, func(c *camera) { c.tile = 235 })
		f.SetTarget(large)
		c.after(time.Second)
		for range 5 {
			c.after(300 * time.Millisecond)
			c.scaled(1, 320, 240)
		}
		wantAsked(t, c, "width=320")
		for range 10 {
			c.after(300 * time.Millisecond)
			c.scaled(1, 320, 240)
		}
		wantAsked(t, c, "width=320", "")
		c.whole(600, 640, 480)
		wantState(t, f, cameras.Live)
		wantAsked(t, c, "width=320", "")
		// After some minutes it is tried again.
		c.whole(int(wholeFor/(100*time.Millisecond))-600, 640, 480)
		c.after(2 * time.Second)
		wantAsked(t, c, "width=320", "", "width=320")
	})
}

// TestSlowWhateverTheSize: a dark room or a weak Wi-Fi. Full pictures would make
// that worse.
func TestSlowWhateverTheSize(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, c, _ := start(t, func(c *camera) { c.tile = 235 })
		f.SetTarget(large)
		c.after(time.Second)
		slowly := func(n int, give func(n, width, height int), width, height int) {
			for range n {
				c.after(300 * time.Millisecond)
				give(1, width, height)
			}
		}
		slowly(15, c.scaled, 320, 240)
		wantAsked(t, c, "width=320", "")
		slowly(25, c.whole, 640, 480)
		wantAsked(t, c, "width=320", "", "width=320")
		slowly(250, c.scaled, 320, 240)
		wantAsked(t, c, "width=320", "", "width=320")
		slowly(1300, c.scaled, 320, 240)
		wantAsked(t, c, "width=320", "", "width=320", "")
	})
}
