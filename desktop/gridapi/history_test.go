package gridapi

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/desktop/engine"
	"pigrid/desktop/history"
)

// TestHistory: an outage has its length and why, the next start knows it, and a camera
// that nobody watches has none.
func TestHistory(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "history.json")
	start := time.Now()
	threeTimes := func() time.Time { // outages are remembered from 15 s on
		now := time.Now()
		return now.Add(2 * now.Sub(start))
	}
	remember := func(c *engine.Config) {
		c.Clock = threeTimes
		past, err := history.Open(file)
		if err != nil {
			t.Error(err)
		}
		c.History = past
	}
	a, key := newAgent(t, idA, "Garage", "x"), cameras.Key(idA, "x")
	d := startDesk(t, "", nil, remember)
	outage := func(d *desk) (CameraHistory, Outage) {
		all := d.call(t, "history", Call{Key: key}).History.Cameras
		if len(all) != 1 || len(all[0].Outages) != 1 {
			return CameraHistory{}, Outage{}
		}
		return all[0], all[0].Outages[0]
	}
	t.Run("looking", func(t *testing.T) {
		d.look(t)
		d.live(t, a)
		eventually(t, 60*time.Second, "it was live for some time", func() bool {
			return d.call(t, "history", Call{}).History.Cameras[0].Day.Live == 1
		})
		killed := threeTimes()
		a.kill()
		eventually(t, 60*time.Second, "an outage", func() bool {
			h, o := outage(d)
			return o.Going && h.Day.Live < 1 && strings.HasSuffix(h.Day.Marks, "o")
		})
		_, o := outage(d)
		last := o.Phases[len(o.Phases)-1]
		if began := time.UnixMilli(o.From).Sub(killed); began < -6*time.Second || began > 15*time.Second || last.State != cameras.Offline || last.Reason != cameras.ReasonRefused {
			t.Errorf("it began %v after the end: %+v", began, o)
		}
	})
	time.Sleep(3 * time.Second) // nobody looks
	_, before := outage(d)
	d.stop(t)

	again := startDesk(t, d.path, nil, remember)
	_, o := outage(again)
	if o.Going || o.From != before.From || o.To < before.To || o.To > before.To+10_000 {
		t.Errorf("got %+v, was %+v", o, before)
	}
	csv := again.call(t, "exportHistory", Call{}).History.CSV
	if rows := strings.Split(strings.TrimSpace(csv), "\n"); len(rows) != 2 || !strings.HasPrefix(rows[1], "Garage x,20") || !strings.Contains(rows[1], "offline (refused)") {
		t.Errorf("got %s", csv)
	}
	again.Forget(key)
	if got := again.call(t, "history", Call{}).History.Cameras; len(got) != 0 {
		t.Errorf("of a camera that was forgotten: %+v", got)
	}
}
