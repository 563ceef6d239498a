package recent

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var start = time.Now()

// at is so many milliseconds after the start.
func at(ms int) time.Time { return start.Add(time.Duration(ms) * time.Millisecond) }

func picture(ms, bytes int) Picture { return Picture{JPEG: make([]byte, bytes), At: at(ms)} }

func seconds(b *Buffer, key string) float64 {
	list := b.Pictures(key)
	if len(list) == 0 {
		return 0
	}
	return list[len(list)-1].At.Sub(list[0].At).Seconds()
}

func TestThirtySecondsAreKept(t *testing.T) {
	b := New(maxBytes)
	for ms := 0; ms <= 60_000; ms += 100 {
		b.Add("a", picture(ms, 20<<10))
	}
	list := b.Pictures("a")
	if len(list) != 301 || !list[0].At.Equal(at(30_000)) || !b.Newest("a").At.Equal(at(60_000)) {
		t.Errorf("got %d pictures from %v on", len(list), list[0].At.Sub(start))
	}
	if b.bytes != 301*20<<10 {
		t.Errorf("counted %d bytes", b.bytes)
	}
}

// TestALargeOneDoesNotCrowdOutOthers: cameras with small pictures keep all their seconds.
func TestALargeOneDoesNotCrowdOutOthers(t *testing.T) {
	b := New(64 << 20)
	for ms := 0; ms <= 40_000; ms += 100 {
		b.Add("small", picture(ms, 20<<10)) // 6 MB in 30 s
		b.Add("large", picture(ms, 400<<10))
		b.Add("slower", picture(ms, 200<<10))
		if ms%1000 == 0 {
			b.Add("huge", picture(ms, 30<<20))
		}
	}
	small, large, slower := seconds(b, "small"), seconds(b, "large"), seconds(b, "slower")
	if small != 30 {
		t.Errorf("the small one keeps %v s", small)
	}
	if large < 1.8 || slower < 3.5 { // at least half of a share each
		t.Errorf("the others keep %v s and %v s", large, slower)
	}
	if b.bytes > b.limit {
		t.Errorf("took %d bytes", b.bytes)
	}
}

func TestEquallyManySeconds(t *testing.T) {
	b := New(20 << 20)
	for ms := 0; ms <= 40_000; ms += 100 {
		b.Add("a", picture(ms, 100<<10))
		b.Add("b", picture(ms, 300<<10))
		b.Add("c", picture(ms, 200<<10))
	}
	for _, key := range []string{"a", "b", "c"} {
		if got := seconds(b, key); got < 3.2 || got > 3.5 { // of 6 MB a second in all
			t.Errorf("%s keeps %v s", key, got)
		}
	}
}

func TestOneLargerThanTheLimit(t *testing.T) {
	b := New(1 << 20)
	b.Add("a", picture(0, 100))
	b.Add("b", picture(1, 2<<20))
	if b.bytes != leastCharge || len(b.Pictures("b")) != 0 || len(b.Pictures("a")) != 1 {
		t.Errorf("got %d bytes, %d pictures", b.bytes, len(b.Pictures("b")))
	}
}

func TestNothingIsKept(t *testing.T) {
	b := New(0)
	b.Add("a", picture(0, 100))
	if b.bytes != 0 || len(b.Pictures("a")) != 0 {
		t.Errorf("got %d bytes, %d pictures", b.bytes, len(b.Pictures("a")))
	}
}

func TestNearest(t *testing.T) {
	b := New(maxBytes)
	for _, ms := range []int{100, 200, 290, 290, 150} { // the same and older ones are left out
		b.Add("a", picture(ms, 10))
	}
	for ms, want := range map[int]int{0: 100, 100: 100, 149: 100, 150: 100, 151: 200, 246: 290, 244: 200, 999: 290} {
		if got, ok := b.Nearest("a", at(ms)); !ok || !got.At.Equal(at(want)) {
			t.Errorf("nearest to %d: %v, %v, want %d", ms, got.At.Sub(start), ok, want)
		}
	}
	if _, ok := b.Nearest("b", at(0)); ok || !b.Newest("b").At.IsZero() {
		t.Error("there is one of a camera that never gave any")
	}
}

func TestNobodyLooks(t *testing.T) {
	b := New(maxBytes)
	b.Add("a", picture(0, 10))
	b.Add("b", picture(0, 10))
	b.Retain(func(key string) bool { return key == "b" })
	if len(b.Pictures("a")) != 0 || len(b.Pictures("b")) != 1 || b.bytes != leastCharge {
		t.Errorf("%d bytes are left", b.bytes)
	}
}

// TestHeld: what was kept of a picture that a person stopped stays, up to that picture.
func TestHeld(t *testing.T) {
	b := New(maxBytes)
	for ms := 0; ms <= 20_000; ms += 100 {
		b.Add("a", picture(ms, 20<<10))
	}
	b.Hold("a", at(19_800))
	b.Hold("a", at(20_000)) // held already
	b.Hold("b", at(20_000)) // it has none
	for ms := 20_100; ms <= 60_000; ms += 100 {
		b.Add("a", picture(ms, 20<<10))
		b.Add("b", picture(ms, 20<<10))
	}
	if got := seconds(b, "a"); got != 19.8 || !b.Newest("a").At.Equal(at(19_800)) || len(b.Pictures("b")) != 0 {
		t.Errorf("keeps %v s until %v, and %d of one without", got, b.Newest("a").At.Sub(start), len(b.Pictures("b")))
	}
	if !b.Held("a") || b.bytes != 199*20<<10 {
		t.Errorf("held %v, %d bytes", b.Held("a"), b.bytes)
	}
	b.Release("a", "c")
	b.Add("a", picture(40_000, 20<<10))
	if got := seconds(b, "a"); got != 30 && !b.Newest("a").At.Equal(at(40_000)) || b.Held("a") {
		t.Errorf("then it keeps %v s until %v", got, b.Newest("a").At.Sub(start))
	}
	b.Hold("a", at(0)) // nothing is that old
	if len(b.Pictures("a")) != 0 || b.bytes != 0 {
		t.Errorf("%d bytes are left", b.bytes)
	}
	b.Retain(func(string) bool { return false })
	if b.Held("a") || b.Held("b") {
		t.Error("held, though nobody looks")
	}
}

func TestLimit(t *testing.T) {
	for memory, want := range map[uint64]int64{0: 128 << 20, 512 << 20: 32 << 20, 1 << 30: 64 << 20, 64 << 30: 128 << 20} {
		if got := Limit(memory); got != want {
			t.Errorf("of %d: %d, want %d", memory, got, want)
		}
	}
}

// TestAlwaysBounded adds pictures by chance, and checks the sums.
func TestAlwaysBounded(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	b := New(4 << 20)
	ms := 0
	for range 50_000 {
		ms += r.IntN(40)
		b.Add(fmt.Sprint(r.IntN(6)), picture(ms-r.IntN(30), r.IntN(1<<r.IntN(22)+1)))
		if r.IntN(500) == 0 {
			b.Retain(func(key string) bool { return key != "3" })
		}
		var sum int64
		for key, tr := range b.tracks {
			var own int64
			for _, p := range tr.list() {
				own += p.charge()
			}
			if own != tr.bytes || tr.count() == 0 || tr.span() > Span || cap(tr.all) > 4*tr.count()+1024 {
				t.Fatalf("%s: %d bytes for %d, %d pictures over %v in room for %d", key, tr.bytes, own, tr.count(), tr.span(), cap(tr.all))
			}
			sum += own
		}
		if sum != b.bytes || sum > b.limit {
			t.Fatalf("%d bytes for %d, at most %d", b.bytes, sum, b.limit)
		}
	}
}

// TestWhatIsDroppedIsFree: no picture that was dropped stays in memory.
func TestWhatIsDroppedIsFree(t *testing.T) {
	b := New(maxBytes)
	freed := make(chan struct{}, 100)
	for i := range 100 {
		p := picture(i, 32<<10)
		runtime.AddCleanup(&p.JPEG[0], func(int) { freed <- struct{}{} }, 0)
		b.Add("a", p)
	}
	b.Add("a", picture(200_000, 10))
	deadline := time.After(20 * time.Second)
	for n := range 100 {
		runtime.GC()
		select {
		case <-freed:
		case <-deadline:
			t.Fatalf("only %d are free", n)
		}
	}
	runtime.KeepAlive(b)
}

func TestManyAtOnce(t *testing.T) {
	b := New(1 << 20)
	var wg sync.WaitGroup
	for c := range 4 {
		wg.Go(func() {
			key := fmt.Sprint(c)
			for ms := range 2000 {
				b.Add(key, picture(ms, 1000))
				_, _ = b.Nearest(key, at(ms))
				_ = b.Pictures(key)
				if ms%100 == 0 {
					b.Retain(func(k string) bool { return k != key })
				}
			}
		})
	}
	wg.Wait()
}
