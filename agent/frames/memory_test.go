package frames

import (
	"bytes"
	"sync"
	"testing"
	"time"
)

func TestMemoryIsTakenAgain(t *testing.T) {
	for _, tt := range []struct {
		name  string
		given []int // capacities, the last one is tried first
		n     int
		taken int // capacity
		left  int // spare
	}{
		{"none", nil, 80, 90, 0},
		{"one that fits", []int{100}, 80, 100, 0},
		{"one that just fits", []int{80}, 80, 80, 0},
		{"too small", []int{79}, 80, 90, 0},
		{"much too large", []int{321}, 80, 90, 0},
		{"the first one fits", []int{100, 10}, 80, 100, 0},
		{"the second one is left", []int{110, 100}, 80, 100, 1},
		{"no more than two are kept", []int{100, 110, 120}, 80, 110, 1},
	} {
		m := memory{used: true}
		for _, c := range tt.given {
			m.give(make([]byte, c))
		}
		if b := m.take(tt.n); len(b) != 0 || cap(b) < tt.taken || cap(b) > tt.taken+16 || len(m.spare) != tt.left {
			t.Errorf("%s: %d bytes of %d, %d left", tt.name, len(b), cap(b), len(m.spare))
		}
	}
}

func TestMemoryOfACameraThatSleepsIsNotKept(t *testing.T) {
	m := memory{}
	m.give(m.take(10))
	late := m.take(10)
	m.drop()
	m.give(late)
	if len(m.spare) != 0 {
		t.Errorf("%d spare", len(m.spare))
	}
	m.give(m.take(10))
	if len(m.spare) != 1 {
		t.Errorf("%d spare", len(m.spare))
	}
}

// same reports whether two frames were written in the same memory.
func same(a, b *Frame) bool { return &a.Standard[0] == &b.Standard[0] }

func TestFrameIsWrittenOverOnlyWhenAllHaveReleasedIt(t *testing.T) {
	h := NewHub(Camera{Framerate: 30})
	next := func(v *Viewer) *Frame {
		f, err := v.Next()
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	a, b := h.Join(t.Context(), 0), h.Join(t.Context(), 0)
	defer a.Leave()
	defer b.Leave()
	publish := func(fill byte) { h.Publish(bytes.Repeat([]byte{fill}, 1000), time.Now()) }

	publish(1)
	first := next(a)
	if next(b) != first {
		t.Fatal("not shared")
	}
	first.Release()
	publish(2)
	publish(3)
	if f := next(a); same(f, first) || first.JPEG[500] != 1 {
		t.Fatalf("written over while b has it: %d", first.JPEG[500])
	}
	first.Release() // for b
	publish(4)
	if f := next(b); !same(f, first) || f.JPEG[500] != 4 {
		t.Errorf("other memory, %d", f.JPEG[500])
	}
	h.Clear()
	if len(h.memory.spare) != 0 {
		t.Error("memory is kept of a camera that sleeps")
	}
}

func TestFrameThatIsTakenBackIsNotHeld(t *testing.T) {
	f := &Frame{}
	f.holders.Store(1)
	if !f.hold() {
		t.Fatal("not held")
	}
	f.Release()
	f.Release()
	if f.hold() {
		t.Error("held")
	}
	defer func() {
		if recover() == nil {
			t.Error("released twice")
		}
	}()
	f.Release()
}

// TestNobodySeesAFrameWrittenOver: every frame is of one byte only.
func TestNobodySeesAFrameWrittenOver(t *testing.T) {
	h := NewHub(Camera{Framerate: 30})
	var viewers sync.WaitGroup
	for i := range 8 {
		viewers.Go(func() {
			v := h.Join(t.Context(), 0)
			defer v.Leave()
			for {
				f, err := v.Next()
				if err != nil {
					return
				}
				if n := bytes.Count(f.JPEG, f.JPEG[:1]); n != len(f.JPEG) {
					t.Errorf("torn: %d of %d bytes", n, len(f.JPEG))
				}
				if f.JPEG[0] == 255 {
					return
				}
				if i > 0 || f.Seq%3 == 0 { // one keeps some for good
					f.Release()
				}
			}
		})
	}
	for i := range 2000 {
		h.Publish(bytes.Repeat([]byte{byte(i % 255)}, 3000+i), time.Now())
		if i%100 == 0 {
			h.Clear()
		}
	}
	h.Publish(bytes.Repeat([]byte{255}, 3000), time.Now())
	viewers.Wait()
}
