package feed

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pigrid/desktop/cameras"
)

// sized is the picture with another size in its header, and so many bytes longer.
func sized(t *testing.T, width, height, longer int) []byte {
	t.Helper()
	data := picture(t)
	sof := bytes.Index(data, []byte{0xFF, 0xC0})
	binary.BigEndian.PutUint16(data[sof+5:], uint16(height))
	binary.BigEndian.PutUint16(data[sof+7:], uint16(width))
	comment := append([]byte{0xFF, 0xFE, 0xFF, 0xFF}, make([]byte, 0xFFFF-2)...)
	return append(append(data[:sof:sof], bytes.Repeat(comment, longer/len(comment))...), data[sof:]...)
}

// limited starts n feeds that share one budget.
func limited(t *testing.T, n int, limits Limits) (feeds []*Feed, all []*camera, unwant []func()) {
	g := NewGroup(limits, nil)
	for range n {
		f, c, stop := start(t, func(c *camera) { c.group = g })
		f.SetTarget(target)
		feeds, all, unwant = append(feeds, f), append(all, c), append(unwant, stop)
	}
	all[0].after(time.Second)
	return feeds, all, unwant
}

// refused checks that a camera shows no picture, for this reason.
func refused(t *testing.T, f *Feed, reason cameras.Reason, words string) {
	t.Helper()
	v := cameras.Next(cameras.Facts{Stream: f.Facts()}, time.Now())
	if v.State != cameras.CameraError || v.Reason != reason || !strings.Contains(v.Detail, words) || v.RetryAt.IsZero() {
		t.Errorf("got %+v", v)
	}
}

// One picture of 144 megapixels stopped the window for good.
func TestATooLargePictureIsRefusedBeforeItIsTheNewest(t *testing.T) {
	for _, tt := range []struct {
		width, height int
		refused       bool
	}{
		{640, 480, false}, {8660, 5773, false}, {10000, 5000, false}, {10000, 5001, true}, {12000, 12000, true}, {65535, 65535, true}, {763, 65535, true},
	} {
		t.Run(fmt.Sprint(tt.width, "x", tt.height), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f, c, _ := start(t)
				f.SetTarget(target)
				c.after(time.Second)
				c.send(3, 100*time.Millisecond, false)
				before := f.Frame()
				c.set(func(c *camera) { c.jpeg = sized(t, tt.width, tt.height, 0) })
				c.send(1, 100*time.Millisecond, false)
				c.after(0)
				if !tt.refused {
					if now := f.Frame(); now.Seq != before.Seq+1 {
						t.Errorf("not shown: frame %d after %d, %+v", now.Seq, before.Seq, f.Facts().Failure)
					}
					wantState(t, f, cameras.Live)
					return
				}
				if now := f.Frame(); now.Seq != before.Seq || !bytes.Equal(now.JPEG, before.JPEG) {
					t.Errorf("frame %d of %d bytes is the newest", now.Seq, len(now.JPEG))
				}
				refused(t, f, cameras.ReasonTooLarge, fmt.Sprintf("%d×%d", tt.width, tt.height))
				dials := len(c.saw().dials)
				c.after(largeAgain - time.Second)
				if got := len(c.saw().dials); got != dials {
					t.Errorf("dialled %d times within %v", got-dials, largeAgain)
				}
				c.set(func(c *camera) { c.jpeg = picture(t) })
				for range 300 {
					c.offer()
					c.after(100 * time.Millisecond)
				}
				wantState(t, f, cameras.Live)
			})
		})
	}
}

// scanned is a picture with its scan n times.
func scanned(data []byte, n int) []byte {
	sos, eoi := bytes.Index(data, []byte{0xFF, 0xDA}), len(data)-2
	return append(append(data[:sos:sos], bytes.Repeat(data[sos:eoi], n)...), data[eoi:]...)
}

// A picture of 170 KB with a thousand scans took 40 s to decode.
func TestAPictureWithTooManyScansIsRefused(t *testing.T) {
	for _, tt := range []struct {
		side, scans, most int
		foreign, refused  bool
	}{
		{16, 10, 0, false, false},
		{16, 100, 0, false, false},
		{16, 101, 100, false, true},
		{16, 101, 100, true, true},
		{7000, 10, 0, false, false}, // as progressive pictures have them
		{7000, 11, 10, false, true},
		{1000, 100, 0, false, false},
	} {
		t.Run(fmt.Sprintf("%d scans of %d, foreign %v", tt.scans, tt.side, tt.foreign), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f, c, _ := start(t)
				at := target
				at.Foreign = tt.foreign
				f.SetTarget(at)
				c.after(time.Second)
				c.send(1, 100*time.Millisecond, false)
				before := f.Frame()
				c.set(func(c *camera) { c.jpeg = scanned(sized(t, tt.side, tt.side, 0), tt.scans) })
				c.send(1, 200*time.Millisecond, false)
				c.after(time.Second)
				if now := f.Frame(); (now.Seq == before.Seq) != tt.refused {
					t.Errorf("frame %d after %d", now.Seq, before.Seq)
				}
				if tt.refused {
					refused(t, f, cameras.ReasonTooComplex, fmt.Sprintf("in %d scans; %d are", tt.scans, tt.most))
				}
			})
		})
	}
}

// While it is tried again the words stay: they would flicker otherwise.
func TestATooLargePictureSaysSoUntilThereIsAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, c, _ := start(t, func(c *camera) { c.jpeg = sized(t, 12000, 12000, 0) })
		f.SetTarget(target)
		c.after(time.Second)
		c.send(1, 0, false)
		c.set(func(c *camera) { c.header = 3 * time.Second })
		for range 100 {
			c.offer()
			c.after(time.Second)
			if v := f.state(); v != cameras.CameraError {
				t.Fatalf("is %s after %v", v, time.Since(c.begin))
			}
		}
		if got := len(c.saw().dials); got < 2 {
			t.Errorf("dialled %d times", got)
		}
	})
}

// Pictures that can be made smaller are, see shrink_test.go.
func TestTheLargestPicturesGiveWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		// Two pictures a tile: 0.6, 8 and 9 megapixels.
		feeds, all, _ := limited(t, 4, Limits{Bytes: maxBytes, Pixels: 40_000_000})
		for i, side := range []int{1000, 3000, 2900, 640} {
			all[i].set(func(c *camera) { c.jpeg = progressive(sized(t, side, side, 0)) })
			all[i].send(3, 100*time.Millisecond, false)
		}
		for _, f := range feeds {
			wantState(t, f, cameras.Live)
		}
		all[0].set(func(c *camera) { c.jpeg = progressive(sized(t, 2000, 2000, 0)) })
		all[0].send(1, 100*time.Millisecond, false)
		synctest.Wait()
		refused(t, feeds[1], cameras.ReasonNoRoom, "9 megapixels")
		if n := len(feeds[1].Frame().JPEG); n > 0 {
			t.Errorf("its frame of %d bytes is still there", n)
		}
		for _, i := range []int{0, 2, 3} {
			wantState(t, feeds[i], cameras.Live)
		}
		// It is tried again, and gives way again, to those that are there.
		begin := len(all[1].saw().dials)
		tick := func() {
			for _, c := range all {
				c.offer()
			}
			all[0].after(100 * time.Millisecond)
		}
		for range 240 {
			tick()
		}
		for range 10 { // it may be dialling just now
			if feeds[1].Facts().Phase == cameras.Waiting {
				break
			}
			tick()
		}
		refused(t, feeds[1], cameras.ReasonNoRoom, "9 megapixels")
		if got := len(all[1].saw().dials) - begin; got < 1 || got > 6 {
			t.Errorf("dialled %d times in 24 s", got)
		}
		for _, i := range []int{0, 2, 3} {
			wantState(t, feeds[i], cameras.Live)
		}
	})
}

// Nobody looks at the others any more: there is room.
func TestATileAloneHasTheRoomOfAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		feeds, all, unwant := limited(t, 2, Limits{Bytes: maxBytes, Pixels: 40_000_000})
		for i, side := range []int{3000, 4000} {
			all[i].set(func(c *camera) { c.jpeg = progressive(sized(t, side, side, 0)) })
			all[i].offer()
			synctest.Wait()
		}
		refused(t, feeds[1], cameras.ReasonNoRoom, "16 megapixels")
		unwant[0]()
		all[1].after(10 * time.Second)
		all[1].send(3, 100*time.Millisecond, false)
		wantState(t, feeds[1], cameras.Live)
		if len(feeds[0].Frame().JPEG) == 0 {
			t.Error("the picture of the other is gone, although nobody looks at it")
		}
		// Somebody looks at both again: the larger gives way.
		feeds[0].Want(grid())
		synctest.Wait()
		refused(t, feeds[1], cameras.ReasonNoRoom, "16 megapixels")
	})
}

// Sixty-four cameras with frames of 33 MB took 4.7 GiB.
func TestFramesOfAllFeedsHaveALimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const n, limit = 8, 1 << 20
		feeds, all, _ := limited(t, n, Limits{Bytes: limit, Pixels: maxShown})
		var wg sync.WaitGroup
		for i, c := range all {
			large := 0
			if i < n/2 {
				large = 300 << 10
			}
			data := sized(t, 2000, 2000, large)
			c.set(func(c *camera) { c.jpeg = data })
			wg.Go(func() {
				for range 50 {
					c.offer()
					time.Sleep(200 * time.Millisecond)
				}
			})
		}
		most := int64(0)
		for range 100 {
			time.Sleep(100 * time.Millisecond)
			synctest.Wait()
			held := int64(0)
			for _, f := range feeds {
				held += int64(len(f.Frame().JPEG))
			}
			most = max(most, held)
		}
		wg.Wait()
		t.Logf("at most %d kB held", most>>10)
		if most > limit {
			t.Errorf("%d bytes were held", most)
		}
		for i := n / 2; i < n; i++ {
			if got := all[i].saw(); len(got.dials) != 1 || got.frames < 45 {
				t.Errorf("small camera %d was dialled %d times and showed %d of 50 frames", i, len(got.dials), got.frames)
			}
		}
		shown := 0
		for i := range n / 2 {
			shown += all[i].saw().frames
			if f := feeds[i].Facts().Failure; f != nil && f.Reason != cameras.ReasonNoMemory {
				t.Errorf("large camera %d: %v", i, f)
			}
		}
		if shown == 0 {
			t.Error("no large frame was ever shown, although there is room for one")
		}
	})
}

// The page decodes what it shows: pictures that are far heavier than those beside
// them come less often, or the others stand still.
func TestHeavyPicturesComeLessOften(t *testing.T) {
	for _, tt := range []struct {
		name     string
		sides    []int // of one camera each, square
		from, to int   // pictures of each heavy camera in 10 s at 10 fps
	}{
		{"one of 49 megapixels", []int{640, 7000}, 14, 18},
		{"two of them", []int{640, 7000, 7000}, 7, 9},
		{"one of 9 megapixels", []int{640, 3000}, 80, 100},
		{"no other beside it", []int{7000}, 95, 101},
		{"all alike", []int{7000, 7000}, 95, 101},
		{"not much heavier", []int{1500, 1600, 4000}, 95, 101},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				_, all, _ := limited(t, len(tt.sides), LimitsFor(8<<30))
				largest := 0
				for i, c := range all {
					largest = max(largest, tt.sides[i])
					c.set(func(c *camera) { c.jpeg = sized(t, tt.sides[i], tt.sides[i], 0) })
				}
				for range 100 {
					for _, c := range all {
						c.offer()
					}
					all[0].after(100 * time.Millisecond)
				}
				for i, side := range tt.sides {
					from, to := tt.from, tt.to
					if side < largest {
						from, to = 95, 101
					}
					if n := all[i].saw().frames; n < from || n > to {
						t.Errorf("%d×%d: %d pictures, want %d to %d", side, side, n, from, to)
					}
				}
			})
		})
	}
}

// What is claimed is given back, whatever ends the stream: else there is no room
// left after some days.
func TestNothingStaysClaimed(t *testing.T) {
	var b *budget
	synctest.Test(t, func(t *testing.T) {
		feeds, all, unwant := limited(t, 3, Limits{Bytes: 4 << 20, Pixels: 40_000_000})
		b = feeds[0].cfg.Group.budget
		for round := range 20 {
			for i, c := range all {
				c.set(func(c *camera) { c.jpeg = sized(t, 1000*(i+2), 1000*(i+2), (round%4)<<20) })
				c.offer()
				if w := c.saw().stream; round%3 == 0 {
					half := sized(t, 640, 480, 1<<20)
					go func() {
						_, _ = w.Write(half[:len(half)/2])
						_ = w.CloseWithError(errors.New("cut"))
					}()
				}
				c.after(time.Second)
			}
			if round%5 == 4 {
				for _, f := range feeds {
					f.Renew()
				}
			}
		}
		for _, stop := range unwant {
			stop()
		}
		all[0].after(2 * dropAfter)
		b.mu.Lock()
		defer b.mu.Unlock()
		if b.bytes != 0 || b.pixels != 0 {
			t.Errorf("%d bytes and %d pixels are claimed while nobody looks", b.bytes, b.pixels)
		}
	})
	if len(b.claims) != 0 {
		t.Errorf("%d claims are left", len(b.claims))
	}
}

func TestLimitsFor(t *testing.T) {
	for memory, pixels := range map[uint64]int64{
		0: 64_000_000, 1 << 30: 32_000_000, 4 << 30: 128_000_000, 8 << 30: 250_000_000, 64 << 30: 250_000_000,
	} {
		if got := LimitsFor(memory); got.Pixels != pixels || got.Bytes != 256<<20 {
			t.Errorf("%d MB: %+v", memory>>20, got)
		}
	}
}
