package gridapi

import (
	"context"
	"io"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/desktop/client"
	"pigrid/shared/api"
	"pigrid/shared/endpoint"
	"pigrid/shared/mjpeg"
)

// As the roster has them: how long an agent that is there can go without a sighting,
// and how long one must be away to count as new.
const (
	unheard = 45 * time.Second
	absence = 2 * time.Minute
)

// fakeClient reaches one agent without a network, inside a synctest bubble.
type fakeClient struct {
	agent   *fakeAgent // for its status and picture
	gone    bool
	silence *cameras.Failure // why it is gone, nil: unreachable
	refusal *cameras.Failure // of streams only
	// others says how agents but that one answer; nil means that nobody is there.
	others func(ctx context.Context, id string) (client.Found, error)
}

func (c *fakeClient) Find(ctx context.Context, id string, _ []endpoint.Endpoint) (client.Found, error) {
	c.agent.mu.Lock()
	defer c.agent.mu.Unlock()
	if c.others != nil && id != "" && id != c.agent.status.ID {
		c.agent.mu.Unlock()
		defer c.agent.mu.Lock()
		return c.others(ctx, id)
	}
	if c.gone || id != "" && id != c.agent.status.ID {
		if c.silence != nil {
			return client.Found{}, c.silence
		}
		return client.Found{}, &cameras.Failure{Reason: cameras.ReasonUnreachable}
	}
	return client.Found{Status: c.agent.status, At: endpoint.HTTP("192.168.1.2:8080")}, nil
}

func (c *fakeClient) Open(ctx context.Context, _ client.Source) (*client.Stream, error) {
	c.agent.mu.Lock()
	defer c.agent.mu.Unlock()
	if c.refusal != nil {
		return nil, c.refusal
	}
	r, w := io.Pipe()
	go func() {
		_, err := io.WriteString(w, mjpeg.Opening)
		for err == nil {
			select {
			case <-time.After(50 * time.Millisecond):
				if c.refuses() {
					err = io.ErrUnexpectedEOF
					break
				}
				_, err = w.Write(mjpeg.NewPart(c.agent.jpeg, time.Now(), false).Standard)
			case <-ctx.Done():
				err = ctx.Err()
			}
		}
		_ = w.CloseWithError(err)
	}()
	return &client.Stream{Body: r, ContentType: mjpeg.ContentType}, nil
}

func (c *fakeClient) refuses() bool {
	c.agent.mu.Lock()
	defer c.agent.mu.Unlock()
	return c.refusal != nil
}

func (c *fakeClient) Alive(context.Context, endpoint.Endpoint) error { return nil }

func TestThePageIsToldOfChanges(t *testing.T) {
	a := newAgent(t, idA, "Garage", "x")
	synctest.Test(t, func(t *testing.T) {
		d := startDesk(t, "", &fakeClient{agent: a})
		d.look(t)
		time.Sleep(10 * time.Second)
		if n := len(d.told()); n != 1 {
			t.Fatalf("told %d times of nothing", n)
		}
		d.search.sighted(a.sighting())
		time.Sleep(time.Second)
		after := d.told()
		if last := after[len(after)-1]; len(last.Cameras) != 1 || last.Cameras[0].State != cameras.Live {
			t.Fatalf("got %+v", last)
		}
		if n := len(after) - 1; n > 10 {
			t.Errorf("%d times in the first second", n)
		}
		time.Sleep(time.Minute)
		if n := len(d.told()) - len(after); n < 50 || n > 61 {
			t.Errorf("%d times in a minute of nothing but frames", n)
		}
	})
}

func TestNewNetworkDialsEverything(t *testing.T) {
	a := newAgent(t, idA, "Garage", "x")
	synctest.Test(t, func(t *testing.T) {
		client := &fakeClient{agent: a, gone: true}
		d := startDesk(t, "", client)
		d.search.sighted(a.sighting())
		time.Sleep(30 * time.Second) // the waits have grown
		a.set(func(*fakeAgent) { client.gone = false })
		d.search.mu.Lock()
		d.search.interfaces = []string{"wlan0 10.0.0.2/24"}
		d.search.mu.Unlock()
		time.Sleep(2 * publishEvery)
		if d.camera(cameras.Key(idA, "x")).Name == "" || d.search.refreshed != 1 {
			t.Errorf("state %+v, %d refreshes", d.State(), d.search.refreshed)
		}
	})
}

func TestWakingDialsEverything(t *testing.T) {
	a := newAgent(t, idA, "Garage", "x")
	synctest.Test(t, func(t *testing.T) {
		client := &fakeClient{agent: a, refusal: &cameras.Failure{Reason: cameras.ReasonEnded}}
		d := startDesk(t, "", client)
		d.look(t)
		d.search.sighted(a.sighting())
		key := cameras.Key(idA, "x")
		for time.Sleep(30 * time.Second); d.camera(key).RetryAt < time.Now().Add(3*time.Second).UnixMilli(); {
			time.Sleep(100 * time.Millisecond)
		}
		before := d.refreshes()
		a.set(func(*fakeAgent) { client.refusal = nil })
		d.asleep.Store(int64(time.Hour))
		time.Sleep(time.Second)
		if c := d.camera(key); c.State != cameras.Live {
			t.Errorf("got %+v", c)
		}
		time.Sleep(time.Minute)
		if n := d.refreshes() - before; n != 1 {
			t.Errorf("%d searches in the minute after waking", n)
		}
	})
}

// TestAnAnnouncementCutsTheWaitShort, of an agent that was not heard of since it
// failed, or for some time. That the search still hears of it is no news.
func TestAnAnnouncementCutsTheWaitShort(t *testing.T) {
	a := newAgent(t, idA, "Garage", "x")
	for name, tt := range map[string]struct {
		heard  []time.Duration // it is heard of so long before it is back
		atOnce bool
	}{
		"the first since":  {nil, true},
		"after a silence":  {[]time.Duration{unheard + 20*time.Second, unheard + 10*time.Second}, true},
		"heard of before":  {[]time.Duration{unheard + 20*time.Second, 30 * time.Second}, false},
		"heard of all day": {[]time.Duration{80 * time.Second, 50 * time.Second, 20 * time.Second}, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client := &fakeClient{agent: a}
				d := startDesk(t, "", client)
				key := cameras.Key(idA, "x")
				d.search.sighted(a.sighting())
				time.Sleep(10 * time.Second)
				a.set(func(*fakeAgent) { client.gone = true })
				begin := time.Now().Add(100 * time.Second)
				for _, before := range tt.heard {
					time.Sleep(time.Until(begin.Add(-before)))
					d.search.sighted(a.sighting())
				}
				time.Sleep(time.Until(begin))
				for !d.agent(idA).RetryAt.After(time.Now().Add(3 * time.Second)) {
					time.Sleep(100 * time.Millisecond)
				}
				a.set(func(*fakeAgent) { client.gone = false })
				d.search.sighted(a.sighting())
				time.Sleep(time.Second)
				if got := d.camera(key).State != cameras.Offline; got != tt.atOnce {
					t.Errorf("asked at once: %v", got)
				}
			})
		})
	}
}

// TestAnAnnouncementWaitsForRetryAfter of an agent that said when to come back.
func TestAnAnnouncementWaitsForRetryAfter(t *testing.T) {
	a := newAgent(t, idA, "Garage", "x")
	synctest.Test(t, func(t *testing.T) {
		client := &fakeClient{agent: a}
		d := startDesk(t, "", client)
		d.search.sighted(a.sighting())
		time.Sleep(10 * time.Second)
		a.set(func(*fakeAgent) {
			client.gone, client.silence = true, &cameras.Failure{Reason: cameras.ReasonBusy, Status: 429, RetryAfter: 2 * time.Minute}
		})
		time.Sleep(10 * time.Second)
		due := d.agent(idA).RetryAt
		d.search.sighted(a.sighting())
		time.Sleep(10 * time.Second)
		if got := d.agent(idA).RetryAt; !got.Equal(due) || time.Until(due) < time.Minute {
			t.Errorf("asked again: due in %v, was due in %v", time.Until(got), time.Until(due))
		}
	})
}

// TestAMendedCameraIsDialled: its agent says that it works, or is there, again, and
// how long the stream was to wait does not matter any more (motioneye#2429).
func TestAMendedCameraIsDialled(t *testing.T) {
	a := newAgent(t, idA, "Garage", "x", "y")
	well := a.status.Cameras
	failed := slices.Clone(well)
	failed[0].State = api.Failed
	for name, broken := range map[string][]api.Camera{"failed": failed, "gone": well[1:]} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				list := func(l []api.Camera) { a.set(func(a *fakeAgent) { a.status.Cameras = l }) }
				client := &fakeClient{agent: a}
				list(well)
				d := startDesk(t, "", client)
				d.look(t)
				d.search.sighted(a.sighting())
				time.Sleep(10 * time.Second)
				a.set(func(*fakeAgent) {
					client.refusal = &cameras.Failure{Reason: cameras.ReasonCamera, Status: 503, RetryAfter: 5 * time.Minute}
				})
				list(broken)
				time.Sleep(time.Minute)
				if c := d.camera(cameras.Key(idA, "x")); c.State != cameras.CameraError {
					t.Fatalf("got %+v", c)
				}
				a.set(func(*fakeAgent) { client.refusal = nil })
				list(well)
				time.Sleep(7 * time.Second)
				if c := d.camera(cameras.Key(idA, "x")); c.State != cameras.Live {
					t.Errorf("got %+v", c)
				}
			})
		})
	}
}

func TestALostAgentIsSearchedFor(t *testing.T) {
	a := newAgent(t, idA, "Garage", "x")
	synctest.Test(t, func(t *testing.T) {
		client := &fakeClient{agent: a}
		d := startDesk(t, "", client)
		d.search.sighted(a.sighting())
		lie := a.sighting()
		lie.ID = idB // who was only heard of is not missed
		d.search.sighted(lie)
		time.Sleep(time.Minute)
		if n := d.refreshes(); n != 0 {
			t.Fatalf("searched %d times without need", n)
		}
		a.set(func(*fakeAgent) { client.gone = true })
		time.Sleep(time.Minute)
		if n := d.refreshes(); n != 1 {
			t.Errorf("searched %d times for an agent that is gone", n)
		}
	})
}

func TestARumourIsDropped(t *testing.T) {
	a := newAgent(t, idA, "Garage", "x")
	synctest.Test(t, func(t *testing.T) {
		d := startDesk(t, "", &fakeClient{agent: a, gone: true})
		for i := range maxUnknown + 10 {
			s := a.sighting()
			s.ID = idA[:30] + string(rune('a'+i%26)) + string(rune('a'+i/26))
			d.search.sighted(s)
		}
		count := func() int { return len(d.Roster.Agents()) }
		if n := count(); n != maxUnknown {
			t.Errorf("%d agents", n)
		}
		time.Sleep(70 * time.Second)
		if n := count(); n != 0 || len(d.State().Cameras) != 0 {
			t.Errorf("%d agents, %+v", n, d.State().Cameras)
		}
	})
}

func TestForgottenAgentIsNewAfterAnAbsence(t *testing.T) {
	a := newAgent(t, idA, "Garage", "x")
	synctest.Test(t, func(t *testing.T) {
		d := startDesk(t, "", &fakeClient{agent: a})
		d.search.sighted(a.sighting())
		time.Sleep(time.Second)
		d.Forget(cameras.Key(idA, "x"))
		for range 10 {
			time.Sleep(absence - 2*time.Second)
			d.search.sighted(a.sighting())
			time.Sleep(time.Second)
			if n := len(d.State().Cameras); n != 0 {
				t.Fatal("came back by itself")
			}
		}
		time.Sleep(absence)
		d.search.sighted(a.sighting())
		time.Sleep(time.Second)
		if n := len(d.State().Cameras); n != 1 {
			t.Error("did not come back after it was away")
		}
	})
}

func TestForgottenCameraIsNewAfterAnAbsence(t *testing.T) {
	a := newAgent(t, idA, "Garage", "x", "y")
	synctest.Test(t, func(t *testing.T) {
		client := &fakeClient{agent: a}
		d := startDesk(t, "", client)
		d.search.sighted(a.sighting())
		time.Sleep(time.Second)
		d.Forget(cameras.Key(idA, "x"))
		time.Sleep(time.Hour)
		if n := len(d.State().Cameras); n != 1 {
			t.Fatalf("%d cameras: came back by itself", n)
		}
		away := func(d time.Duration) {
			list := a.status.Cameras
			a.set(func(a *fakeAgent) { a.status.Cameras = list[1:] })
			time.Sleep(d)
			a.set(func(a *fakeAgent) { a.status.Cameras = list })
			time.Sleep(10 * time.Second)
		}
		away(absence - 20*time.Second)
		if n := len(d.State().Cameras); n != 1 {
			t.Errorf("%d cameras after a short absence", n)
		}
		away(absence + 10*time.Second)
		if n := len(d.State().Cameras); n != 2 {
			t.Errorf("%d cameras after it was unplugged for a while", n)
		}
	})
}

func TestWorthTelling(t *testing.T) {
	one := func(change func(*Camera)) State {
		c := Camera{Key: "k", State: cameras.Live, FPS: 10, LastFrameAt: 1}
		change(&c)
		return State{Cameras: []Camera{c}}
	}
	same := one(func(*Camera) {})
	for name, tt := range map[string]struct {
		now  State
		ago  time.Duration
		want bool
	}{
		"nothing":      {same, time.Hour, false},
		"state":        {one(func(c *Camera) { c.State = cameras.Stalled }), 0, true},
		"words":        {one(func(c *Camera) { c.Message = "m" }), 0, true},
		"retry":        {one(func(c *Camera) { c.RetryAt = 7 }), 0, true},
		"numbers":      {one(func(c *Camera) { c.FPS, c.LastFrameAt, c.TakenAt, c.ClockAheadMS = 11, 2, 3, 4 }), numbersEvery - 1, false},
		"old numbers":  {one(func(c *Camera) { c.FPS = 11 }), numbersEvery, true},
		"another":      {State{Cameras: append(same.Cameras, Camera{})}, 0, true},
		"many, soon":   {State{Cameras: make([]Camera, manyTiles+500)}, 499 * tellEach, false},
		"many":         {State{Cameras: make([]Camera, manyTiles+500)}, 500 * tellEach, true},
		"no more":      {State{Cameras: []Camera{}}, 0, true},
		"the networks": {State{Cameras: same.Cameras, Discovery: Discovery{Running: true}}, 0, true},
	} {
		if got := !isCrowded(tt.now, tt.ago) && worthTelling(same, tt.now, tt.ago); got != tt.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if same.Cameras[0].FPS != 10 {
		t.Error("comparing changed the state")
	}
	if many := (State{Cameras: make([]Camera, manyTiles+500)}); !worthTelling(same, many, 0) {
		t.Error("a person who clicked has to wait")
	}
}
