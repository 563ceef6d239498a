package feed

import (
	"bytes"
	"image"
	"image/jpeg"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/shared/mjpeg"
)

// spare is processor time that a test gives and takes.
type spare struct {
	there atomic.Bool
	spent atomic.Int64
}

func (s *spare) Spare() bool { return s.there.Load() }

func (s *spare) Spend(do func()) {
	do()
	s.spent.Add(1)
}

// noisy is a JPEG that decodes.
func noisy(t *testing.T, width, height int) []byte {
	t.Helper()
	picture := image.NewGray(image.Rect(0, 0, width, height))
	r := rand.New(rand.NewPCG(1, 2))
	for i := range picture.Pix {
		picture.Pix[i] = byte(r.UintN(256))
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, picture, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// progressive is a JPEG of a kind that is not scaled.
func progressive(data []byte) []byte {
	data = bytes.Clone(data)
	data[bytes.Index(data, []byte{0xFF, 0xC0})+1] = 0xC2
	return data
}

func wantShown(t *testing.T, f *Feed, width, height int) {
	t.Helper()
	if w, h, _ := mjpeg.Size(f.Frame().JPEG); w != width || h != height {
		t.Errorf("the picture has %dx%d pixels, want %dx%d", w, h, width, height)
	}
}

// startForeign starts a camera without an agent, in a tile of so many pixels.
func startForeign(t *testing.T, data []byte, tile int) (*Feed, *camera, *spare) {
	t.Helper()
	s := &spare{}
	s.there.Store(true)
	f, c, _ := start(t, func(c *camera) { c.tile, c.spare, c.jpeg = tile, s, data })
	f.SetTarget(foreign)
	c.after(time.Second)
	return f, c, s
}

func TestForeignPicturesAreScaledForTheirTile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, c, s := startForeign(t, noisy(t, 640, 480), 235)
		c.send(20, 100*time.Millisecond, false)
		wantShown(t, f, 320, 240)
		wantSize(t, f, 640, 480)
		wantState(t, f, cameras.Live)
		if seq := f.Frame().Seq; seq < 19 || s.spent.Load() > 21 {
			t.Errorf("%d frames of 20, scaled %d times", seq, s.spent.Load())
		}

		// A tile that grows shows the full one at once: the next may be a minute away.
		before := f.Frame()
		c.tileOf(400)
		wantShown(t, f, 640, 480)
		if now := f.Frame(); now.Seq != before.Seq+1 || !now.At.Equal(before.At) {
			t.Errorf("frame %d of %v after %d of %v", now.Seq, now.At, before.Seq, before.At)
		}

		c.tileOf(160)
		c.send(20, 100*time.Millisecond, false)
		wantShown(t, f, 160, 120)

		s.there.Store(false)
		c.send(2, 100*time.Millisecond, false)
		wantShown(t, f, 640, 480)
		if got := len(c.saw().dials); got != 1 {
			t.Errorf("dialled %d times", got)
		}
	})
}

func TestWhatIsShownAsItComes(t *testing.T) {
	for _, tt := range []struct {
		name string
		data []byte
		tile int
	}{
		{"less than twice the tile", noisy(t, 640, 480), 321},
		{"a large tile", noisy(t, 640, 480), 0},
		{"progressive", progressive(noisy(t, 640, 480)), 100},
		{"damaged", sized(t, 640, 480, 0), 100},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f, c, s := startForeign(t, tt.data, tt.tile)
				c.send(30, 100*time.Millisecond, false)
				wantShown(t, f, 640, 480)
				wantState(t, f, cameras.Live)
				if seq := f.Frame().Seq; seq < 29 {
					t.Errorf("%d frames of 30", seq)
				}
				if n := s.spent.Load(); n > mostDamaged {
					t.Errorf("tried %d times", n)
				}
			})
		})
	}
}

// TestOldAgentsPicturesAreScaled: their agents do not know ?width=.
func TestOldAgentsPicturesAreScaled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &spare{}
		s.there.Store(true)
		f, c, _ := start(t, func(c *camera) { c.tile, c.spare, c.jpeg = 235, s, noisy(t, 640, 480) })
		f.SetTarget(large)
		c.after(time.Second)
		c.send(5, 100*time.Millisecond, false)
		wantShown(t, f, 320, 240)
		wantSize(t, f, 640, 480)
	})
}

// TestSmallerPicturesCountInTheBudget: the one that came is kept, too.
func TestSmallerPicturesCountInTheBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := noisy(t, 640, 480)
		f, c, _ := startForeign(t, data, 235)
		c.send(5, 100*time.Millisecond, false)
		b := f.group.budget
		b.mu.Lock()
		held, pixels := b.bytes, b.pixels
		b.mu.Unlock()
		if want := int64(len(data) + len(f.Frame().JPEG)); held != want || pixels != perTile*320*240 {
			t.Errorf("%d bytes and %d pixels are counted, want %d and %d", held, pixels, want, perTile*320*240)
		}
	})
}

func TestTheLargestPicturesAreMadeSmaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		feeds, all, unwant := limited(t, 3, Limits{Bytes: maxBytes, Pixels: 2 * 600_000})
		send := func(i, width, height, n int) {
			all[i].set(func(c *camera) { c.jpeg = noisy(t, width, height) })
			all[i].send(n, 100*time.Millisecond, false)
		}
		send(0, 640, 480, 3)
		send(1, 320, 240, 3)
		wantShown(t, feeds[0], 640, 480)
		send(2, 600, 480, 3) // together more than there is room for: the largest gives way
		wantShown(t, feeds[0], 320, 240)
		wantShown(t, feeds[1], 320, 240)
		wantShown(t, feeds[2], 600, 480)
		for i, f := range feeds {
			wantState(t, f, cameras.Live)
			if got := f.Facts(); got.Failure != nil {
				t.Errorf("camera %d: %v", i, got.Failure)
			}
		}
		wantAsked(t, all[1], "")
		wantAsked(t, all[2], "")
		wantSize(t, feeds[0], 640, 480)
		// It is larger again when there is room.
		unwant[2]()
		all[0].send(70, 100*time.Millisecond, false)
		wantShown(t, feeds[0], 640, 480)
	})
}

// TestWordsWhereSmallerIsStillTooLarge: at an eighth, as well.
func TestWordsWhereSmallerIsStillTooLarge(t *testing.T) {
	for _, tt := range []struct {
		room    int64
		refused bool
		width   int
	}{
		{1024 * 768, false, 1024},
		{1024*768 - 1, false, 512},
		{256 * 192, false, 256},
		{128*96 + 400, false, 128},
		{128*96 - 400, true, 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			feeds, all, _ := limited(t, 1, Limits{Bytes: maxBytes, Pixels: 2 * tt.room})
			all[0].set(func(c *camera) { c.jpeg = noisy(t, 1024, 768) })
			for range 10 {
				all[0].offer()
				all[0].after(100 * time.Millisecond)
			}
			if tt.refused {
				refused(t, feeds[0], cameras.ReasonNoRoom, "1 megapixels")
				return
			}
			wantState(t, feeds[0], cameras.Live)
			wantShown(t, feeds[0], tt.width, tt.width*3/4)
		})
	}
}

// TestWordsAtOnceForManyScans: they are known before anybody tries.
func TestWordsAtOnceForManyScans(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		feeds, all, _ := limited(t, 1, Limits{Bytes: maxBytes, Pixels: 2 * 200_000})
		all[0].set(func(c *camera) { c.jpeg = scanned(sized(t, 640, 480, 0), 3) })
		all[0].offer()
		synctest.Wait()
		refused(t, feeds[0], cameras.ReasonNoRoom, "0 megapixels")
		if seq := feeds[0].Frame().Seq; seq != 0 {
			t.Errorf("frame %d was shown", seq)
		}
	})
}

// TestAnAgentIsAskedForWhatThereIsRoomFor: nobody scales what it can.
func TestAnAgentIsAskedForWhatThereIsRoomFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewGroup(Limits{Bytes: maxBytes, Pixels: 2 * 200_000}, nil)
		f, c, _ := start(t, func(c *camera) { c.group = g })
		f.SetTarget(large)
		c.after(time.Second)
		data := noisy(t, 640, 480)
		c.set(func(c *camera) { c.jpeg = data })
		c.send(1, 100*time.Millisecond, false)
		wantShown(t, f, 320, 240)
		c.after(2 * time.Second)
		wantAsked(t, c, "", "width=320")
		c.scaled(3, 320, 240)
		wantShown(t, f, 320, 240)
		wantState(t, f, cameras.Live)
	})
}

// takeScalers leaves nobody to make pictures smaller until give is called.
func takeScalers(f *Feed) (give func()) {
	idle := f.group.scalers.idle
	var taken []*scaler
	for len(idle) > 0 {
		taken = append(taken, <-idle)
	}
	return func() {
		for _, z := range taken {
			idle <- z
		}
		synctest.Wait()
	}
}

// TestTheNewestPictureWins: while nobody has time to make them smaller, those between are
// left out, and none that is late replaces a newer one.
func TestTheNewestPictureWins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, c, s := startForeign(t, noisy(t, 640, 480), 235)
		c.send(1, 100*time.Millisecond, false)
		give := takeScalers(f)
		before, scaled := f.Frame(), s.spent.Load()
		c.send(5, 100*time.Millisecond, false)
		if f.Frame().Seq != before.Seq {
			t.Fatal("shown before it was made smaller")
		}
		give()
		// The first, which was begun, and the last.
		if now := f.Frame(); now.Seq > before.Seq+2 || time.Since(now.At) > 0 || s.spent.Load() > scaled+2 {
			t.Errorf("frame %d after %d, %v old, scaled %d times", now.Seq, before.Seq, time.Since(now.At), s.spent.Load()-scaled)
		}
		wantShown(t, f, 320, 240)

		give = takeScalers(f)
		c.send(1, 100*time.Millisecond, false)
		c.tileOf(640) // the next one comes as it is
		c.send(1, 100*time.Millisecond, false)
		now := f.Frame()
		give()
		if late := f.Frame(); late.Seq != now.Seq || !late.At.Equal(now.At) {
			t.Errorf("a picture of %v replaced one of %v", late.At, now.At)
		}
		wantShown(t, f, 640, 480)
	})
}

// TestAPictureThatIsDroppedStaysAway: also one that was being made smaller.
func TestAPictureThatIsDroppedStaysAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, c, _ := startForeign(t, noisy(t, 640, 480), 235)
		c.send(1, 100*time.Millisecond, false)
		give := takeScalers(f)
		c.send(1, 100*time.Millisecond, false)
		f.dropPicture()
		seq := f.Frame().Seq
		give()
		if now := f.Frame(); now.Seq != seq || len(now.JPEG) > 0 {
			t.Errorf("frame %d of %d bytes after the pictures were dropped", now.Seq, len(now.JPEG))
		}
	})
}
