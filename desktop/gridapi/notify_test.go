package gridapi

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/desktop/engine"
	"pigrid/desktop/notify"
	"pigrid/desktop/settings"
)

// person sees notices.
type person struct {
	sees chan notify.Notice
	err  error // what the desktop says
}

func (p *person) Send(ctx context.Context, n notify.Notice) error {
	if p.err != nil {
		return p.err
	}
	select {
	case p.sees <- n:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// is fails unless the next notice begins so.
func (p *person) is(t *testing.T, begins string) {
	t.Helper()
	select {
	case n := <-p.sees:
		if !strings.HasPrefix(n.Title, begins) {
			t.Fatalf("got %+v, want %q", n, begins)
		}
	case <-time.After(60 * time.Second):
		t.Fatalf("nothing was said, want %q", begins)
	}
}

// TestAPersonIsNotifiedOfACameraThatMatters, also while no page looks at it, and of no other.
func TestAPersonIsNotifiedOfACameraThatMatters(t *testing.T) {
	t.Parallel()
	a, other := newAgent(t, idA, "Garage", "x"), newAgent(t, idB, "Porch", "x")
	key := cameras.Key(idA, "x")
	p := &person{sees: make(chan notify.Notice, 8)}
	start := time.Now()
	d := startDesk(t, "", nil, func(c *engine.Config) {
		c.Notices = p
		c.Clock = func() time.Time { // three times as fast: a camera has gone after 15 s
			now := time.Now()
			return now.Add(2 * now.Sub(start))
		}
		dir := t.TempDir()
		_ = c.Settings.Save(func(s settings.Settings) settings.Settings { s.Pictures.Folder = dir; return s })
	})
	d.Add(a.addr)
	d.Add(other.addr)
	if d.camera(key).Notify {
		t.Error("it is not asked for yet")
	}
	if r := d.set(t, "notify", Call{Key: key, On: true}); !r.OK {
		t.Fatalf("%+v", r)
	}
	p.is(t, "Garage x: notifications are on")
	eventually(t, 5*time.Second, "the page knows", func() bool { return d.camera(key).Notify })
	eventually(t, 20*time.Second, "the stream is open though nobody looks", func() bool {
		s := a.streams()
		return len(s) == 1 && strings.Contains(s[0], "fps=1")
	})
	d.eventually(t, 10*time.Second, key, cameras.Live)
	if saved := d.runSave("snapshot", Call{}); len(saved.Paths) > 0 {
		t.Errorf("saved %v, which nobody looks at", saved.Paths)
	}
	time.Sleep(8 * time.Second) // it was seen there for 15 s of the clock, looked at every 3 s
	a.kill()
	other.kill()
	p.is(t, "Garage x: no pictures")
	a.start()
	p.is(t, "Garage x: pictures come again")
	if r := d.set(t, "notify", Call{Key: key}); !r.OK || len(p.sees) > 0 {
		t.Errorf("%+v, and %d more notices", r, len(p.sees))
	}
	eventually(t, 10*time.Second, "nobody looks any more", func() bool { return len(a.streams()) == 0 })
}

func TestNoticesThatCannotBeShown(t *testing.T) {
	t.Parallel()
	a := newAgent(t, idA, "Garage", "x")
	key := cameras.Key(idA, "x")
	for name, of := range map[string]engine.Notices{"no desktop": nil, "a deaf one": &person{err: errors.New("no such service")}} {
		d := startDesk(t, "", nil, func(c *engine.Config) { c.Notices = of })
		d.Add(a.addr)
		if r := d.set(t, "notify", Call{Key: key, On: true}); r.OK || r.Code != "no-notices" || r.Detail == "" || d.camera(key).Notify {
			t.Errorf("%s: %+v", name, r)
		}
		d.stop(t)
	}
}
