package gridapi

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/desktop/keep"
)

// ask is one question of the page.
func (d *desk) ask(t *testing.T, q Question) int {
	t.Helper()
	body, err := json.Marshal(q)
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	d.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/frames", bytes.NewReader(body)))
	return w.Code
}

// seen is the picture that a page loads now.
func (d *desk) seen(key string) []byte {
	w := httptest.NewRecorder()
	d.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/frame?key="+url.QueryEscape(key), nil))
	return w.Body.Bytes()
}

// TestFrozen: of a picture that a person stopped, a snapshot is what is seen, and a clip
// has what came before, for as long as it stands. No more pictures flow.
func TestFrozen(t *testing.T) {
	t.Parallel()
	a, _ := filming(t, idA, "Garage", 50*time.Millisecond)
	d := saving(t, t.TempDir())
	key := cameras.Key(idA, "x")
	d.search.sighted(a.sighting())
	shown := Question{Want: []Want{{Key: key, FPS: 10}}}
	eventually(t, 10*time.Second, "2 s are kept", func() bool {
		d.ask(t, shown)
		kept := d.engine.Recent(key)
		return len(kept) > 0 && kept[len(kept)-1].At.Sub(kept[0].At) > 2*time.Second
	})
	stood := d.seen(key)
	time.Sleep(200 * time.Millisecond) // more come until the page asks again
	frozen := Question{Held: []string{key}}
	d.ask(t, frozen)
	snapshot := func() {
		t.Helper()
		s := d.call(t, "snapshot", Call{Key: key}).Saved
		if s.Code != keep.NoCode || len(s.Paths) != 1 {
			t.Fatalf("got %+v", s)
		}
		if !bytes.Equal(read(t, s)[0], stood) {
			t.Error("it is another picture than the one that is seen")
		}
	}
	snapshot()
	eventually(t, 10*time.Second, "the stream is closed", func() bool {
		d.ask(t, frozen)
		return len(a.queries()) == 0
	})
	for end := time.Now().Add(3 * time.Second); time.Now().Before(end); {
		d.ask(t, frozen)
		time.Sleep(100 * time.Millisecond)
	}
	snapshot()
	if s := d.call(t, "clip", Call{Key: key}).Saved; s.Code != keep.NoCode || s.Seconds < 2 {
		t.Errorf("the clip: %+v", s)
	}
	if kept := d.engine.Recent(key); len(kept) == 0 || !bytes.Equal(kept[len(kept)-1].JPEG, stood) {
		t.Error("the clip ends with another picture")
	}
	eventually(t, 10*time.Second, "it goes on", func() bool {
		d.ask(t, shown)
		kept := d.engine.Recent(key)
		return len(kept) > 0 && !bytes.Equal(kept[len(kept)-1].JPEG, stood)
	})
}

// TestHeldByNobody: what is kept goes when the page says nothing more of it.
func TestHeldByNobody(t *testing.T) {
	t.Parallel()
	a, _ := filming(t, idA, "Garage", 50*time.Millisecond)
	d := saving(t, t.TempDir())
	key := cameras.Key(idA, "x")
	d.search.sighted(a.sighting())
	eventually(t, 10*time.Second, "there are pictures", func() bool {
		d.ask(t, Question{Want: []Want{{Key: key, FPS: 10}}})
		return len(d.engine.Recent(key)) > 0
	})
	d.seen(key)
	d.ask(t, Question{Held: []string{key}})
	eventually(t, 10*time.Second, "they are dropped", func() bool { return len(d.engine.Recent(key)) == 0 })
	for _, held := range [][]string{{"../x"}, make([]string, maxWants+1)} {
		if code := d.ask(t, Question{Held: held}); code != http.StatusBadRequest {
			t.Errorf("%d keys like %q: %d", len(held), held[0], code)
		}
	}
}

// TestViewersHoldNothing: they would stop what another page saves.
func TestViewersHoldNothing(t *testing.T) {
	t.Parallel()
	a, _ := filming(t, idA, "Garage", 50*time.Millisecond)
	d := saving(t, t.TempDir())
	d.look(t)
	d.live(t, a)
	key := cameras.Key(idA, "x")
	d.seen(key)
	body := bytes.NewReader([]byte(`{"state":0,"want":[],"held":["` + key + `"]}`))
	d.Viewers().ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/frames", body))
	if f := d.engine.Streams.Get(key); f.Facts().Held {
		t.Error("held")
	}
}
