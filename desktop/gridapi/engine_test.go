package gridapi

import (
	"context"
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/desktop/client"
	"pigrid/desktop/engine"
	"pigrid/desktop/settings"
	"pigrid/shared/api"
	"pigrid/shared/dnssd"
)

func TestTwoAgentsAppearOneDiesAndComesBack(t *testing.T) {
	t.Parallel()
	a, b := newAgent(t, idA, "Garage", "x"), newAgent(t, idB, "Porch", "x")
	keyA, keyB := cameras.Key(idA, "x"), cameras.Key(idB, "x")
	d := startDesk(t, "", nil)
	d.look(t)
	d.search.sighted(a.sighting())
	d.search.sighted(b.sighting())
	d.eventually(t, 2*time.Second, keyA, cameras.Live)
	d.eventually(t, 2*time.Second, keyB, cameras.Live)

	a.kill()
	d.eventually(t, 5*time.Second, keyA, cameras.Offline)
	eventually(t, 2*time.Second, "the reason is a refusal", func() bool { return d.camera(keyA).Reason == cameras.ReasonRefused })
	down := d.camera(keyA)
	if down.Since == 0 || down.LastFrameAt == 0 || down.Width != 16 || down.Address != a.addr {
		t.Errorf("got %+v", down)
	}
	if other := d.camera(keyB); other.State != cameras.Live {
		t.Errorf("the other one is %+v", other)
	}
	a.start()
	d.eventually(t, 8*time.Second, keyA, cameras.Live)
}

func TestRestartedAgentIsDialledAtOnceWhenAnnounced(t *testing.T) {
	t.Parallel()
	a := newAgent(t, idA, "Garage", "x")
	key := cameras.Key(idA, "x")
	d := startDesk(t, "", nil)
	d.look(t)
	d.search.sighted(a.sighting())
	d.eventually(t, 2*time.Second, key, cameras.Live)
	a.kill()
	d.eventually(t, 2*time.Second, key, cameras.Offline)
	eventually(t, 20*time.Second, "the waits have grown", func() bool {
		soon := time.Now().Add(2 * time.Second)
		return d.camera(key).RetryAt > soon.UnixMilli() && d.agent(idA).RetryAt.After(soon)
	})
	a.start()
	d.search.sighted(a.sighting())
	d.eventually(t, time.Second, key, cameras.Live)
}

func TestAddAndRemember(t *testing.T) {
	t.Parallel()
	a := newAgent(t, idA, "Garage", "x", "y")
	keys := []string{cameras.Key(idA, "x"), cameras.Key(idA, "y")}
	d := startDesk(t, "", nil)
	r := d.Add(" http://" + a.addr + "/ ")
	if !r.OK() || !slices.Equal(r.Keys, keys) || r.Address != a.addr || r.Reason != "" {
		t.Fatalf("got %+v", r)
	}
	d.look(t)
	d.eventually(t, 2*time.Second, keys[0], cameras.Live)
	if c := d.camera(keys[1]); !c.Added || c.Name != "Garage y" || c.AgentVersion != "0.1.0" {
		t.Errorf("got %+v", c)
	}
	d.stop(t)

	again := startDesk(t, d.path, nil)
	again.look(t)
	if c := again.camera(keys[0]); !c.Added || c.Name != "Garage x" || c.Width != 16 || c.Height != 8 || c.State != cameras.Connecting {
		t.Errorf("before anything answers: %+v", c)
	}
	again.eventually(t, 2*time.Second, keys[0], cameras.Live) // without a sighting
}

func TestAddSaysWhyNot(t *testing.T) {
	t.Parallel()
	a := newAgent(t, idA, "Garage", "x")
	d := startDesk(t, "", nil)
	for input, want := range map[string]cameras.Reason{
		"not an address": cameras.ReasonBadAddress, "8.8.8.8:80": cameras.ReasonNotLocal, "127.0.0.1:1": cameras.ReasonRefused,
	} {
		if r := resultOf(d.Add(input)); r.OK || r.Reason != want || r.Keys == nil {
			t.Errorf("%q: %+v", input, r)
		}
	}
	a.set(func(a *fakeAgent) { a.status.API = 2 })
	if r := d.Add(a.addr); r.OK() || r.Reason != cameras.ReasonTooNew {
		t.Errorf("newer: %+v", r)
	}
	if n := len(d.State().Cameras); n != 0 {
		t.Errorf("%d cameras", n)
	}
}

func TestForget(t *testing.T) {
	t.Parallel()
	a, b := newAgent(t, idA, "Garage", "x", "y"), newAgent(t, idB, "Porch", "x")
	d := startDesk(t, "", nil)
	d.look(t)
	d.search.sighted(a.sighting())
	d.search.sighted(b.sighting())
	d.eventually(t, 2*time.Second, cameras.Key(idB, "x"), cameras.Live)
	eventually(t, 2*time.Second, "three cameras", func() bool { return len(d.State().Cameras) == 3 })

	d.Forget(cameras.Key(idA, "x"))
	d.Forget(cameras.Key(idB, "x"))
	d.search.sighted(a.sighting())
	d.search.sighted(b.sighting())
	asked := time.Now()
	d.Retry("")
	eventually(t, 2*time.Second, "the agent listed both cameras again", func() bool { return d.agent(idA).Heard.After(asked) })
	if !d.agent(idB).Heard.IsZero() {
		t.Error("an agent that was sent away is asked again")
	}
	if left := d.State().Cameras; len(left) != 1 || left[0].Key != cameras.Key(idA, "y") {
		t.Errorf("left: %+v", left)
	}
	if r := d.Add(b.addr); !r.OK() {
		t.Errorf("could not be added again: %+v", r)
	}
	d.eventually(t, 2*time.Second, cameras.Key(idB, "x"), cameras.Live)
	d.stop(t)
	if data, _ := os.ReadFile(d.path); strings.Contains(string(data), cameras.Key(idA, "x")) {
		t.Error("the settings remember what was forgotten")
	}
}

func TestForgottenWhileOfflineComesBackWithTheAgent(t *testing.T) {
	t.Parallel()
	a := newAgent(t, idA, "Garage", "x")
	d := startDesk(t, "", nil)
	d.look(t)
	d.search.sighted(a.sighting())
	d.eventually(t, 2*time.Second, cameras.Key(idA, "x"), cameras.Live)
	a.kill()
	eventually(t, 5*time.Second, "refused", func() bool { return d.camera(cameras.Key(idA, "x")).Reason == cameras.ReasonRefused })
	d.Forget(cameras.Key(idA, "x"))
	if n := len(d.State().Cameras); n != 0 {
		t.Errorf("%d cameras", n)
	}
	a.start()
	d.search.sighted(a.sighting())
	d.eventually(t, 2*time.Second, cameras.Key(idA, "x"), cameras.Live)
}

func TestCameraErrorInTheAgentsWords(t *testing.T) {
	t.Parallel()
	a := newAgent(t, idA, "Garage", "x")
	a.set(func(a *fakeAgent) {
		a.frames = false
		a.status.Cameras[0].State = api.Failed
		a.status.Cameras[0].Error = &api.Problem{Code: "busy", Message: "The camera is in use.", Hint: "Close the other program."}
		a.status.Cameras[0].Warning = &api.Problem{Code: "ai_missing", Message: "Without its network.", Hint: "Install it."}
	})
	d := startDesk(t, "", nil)
	d.look(t)
	d.search.sighted(a.sighting())
	key := cameras.Key(idA, "x")
	d.eventually(t, 2*time.Second, key, cameras.CameraError)
	if c := d.camera(key); c.Message != "The camera is in use." || c.Hint != "Close the other program." || c.Reason != cameras.ReasonCamera || c.Warning != "Without its network. Install it." {
		t.Errorf("got %+v", c)
	}
	a.set(func(a *fakeAgent) {
		a.frames, a.status.Cameras[0].State, a.status.Cameras[0].Error = true, api.Live, nil
	})
	d.eventually(t, 2*time.Second, key, cameras.Live)
}

func TestAgentThatStillLooksForItsCameras(t *testing.T) {
	t.Parallel()
	a := newAgent(t, idA, "Garage", "x")
	key := cameras.Key(idA, "x")
	d := startDesk(t, "", nil)
	d.look(t)
	d.search.sighted(a.sighting())
	d.eventually(t, 2*time.Second, key, cameras.Live)
	a.kill()
	d.eventually(t, 5*time.Second, key, cameras.Offline)
	eventually(t, 5*time.Second, "it was asked in vain", func() bool { return d.agent(idA).Failure != nil })
	list := a.status.Cameras
	a.status.Cameras = nil
	a.start()
	eventually(t, 5*time.Second, "it answers without a camera", func() bool { return d.agent(idA).Failure == nil })
	if c := d.camera(key); c.State == cameras.CameraError || len(d.State().Cameras) != 1 {
		t.Errorf("got %+v", d.State().Cameras)
	}
	a.set(func(a *fakeAgent) { a.status.Cameras = list })
	d.eventually(t, 2*time.Second, key, cameras.Live)
}

func TestStandInLeavesNoFeed(t *testing.T) {
	t.Parallel()
	a := newAgent(t, idA, "Garage", "x")
	a.set(func(a *fakeAgent) { a.status.API = 2 })
	d := startDesk(t, "", nil)
	d.look(t)
	d.search.sighted(a.sighting())
	d.eventually(t, 2*time.Second, cameras.Key(idA, cameras.StandIn), cameras.Incompatible)
	a.set(func(a *fakeAgent) { a.status.API = api.Version })
	d.Retry("")
	d.eventually(t, 2*time.Second, cameras.Key(idA, "x"), cameras.Live)
	if n := len(maps.Collect(d.Streams.All())); n != 1 {
		t.Errorf("%d feeds", n)
	}
}

func TestAnotherAgentAtTheAddressIsNotShownInItsPlace(t *testing.T) {
	t.Parallel()
	a, b := newAgent(t, idA, "Garage", "x"), newAgent(t, idB, "Porch", "x")
	d := startDesk(t, "", nil)
	d.look(t)
	lie := a.sighting()
	lie.Port = b.sighting().Port
	d.search.sighted(lie)
	eventually(t, 2*time.Second, "the answer was refused", func() bool { return d.agent(idA).Failure != nil })
	if list := d.State().Cameras; len(list) != 0 {
		t.Errorf("got %+v", list)
	}
}

func TestTwoAgentsWithOneIdentity(t *testing.T) {
	t.Parallel()
	a, b := newAgent(t, idA, "Garage", "x"), newAgent(t, idA, "Porch", "x")
	a.set(func(a *fakeAgent) { a.status.Started = "2026-03-01T12:00:00Z" })
	b.set(func(a *fakeAgent) { a.status.Started = "2026-03-01T12:00:01Z" })
	d := startDesk(t, "", nil)
	d.look(t)
	d.search.sighted(a.sighting())
	key := cameras.Key(idA, "x")
	d.eventually(t, 2*time.Second, key, cameras.Live)
	d.search.sighted(b.sighting())
	eventually(t, 20*time.Second, "the page is told", func() bool { return d.State().Twins != nil })
	if twins := d.State().Twins; *twins != (Twins{"Garage x", a.addr, b.addr}) {
		t.Errorf("told of %+v", twins)
	}
	if c := d.camera(key); c.State != cameras.Live || c.Address != a.addr || len(d.State().Cameras) != 1 {
		t.Errorf("got %+v", c)
	}
	b.kill()
	eventually(t, 20*time.Second, "the other one is gone", func() bool { return d.State().Twins == nil })
}

func TestIncompatibleAgent(t *testing.T) {
	t.Parallel()
	a := newAgent(t, idA, "Garage", "x")
	a.set(func(a *fakeAgent) { a.status.API = 2 })
	d := startDesk(t, "", nil)
	d.look(t)
	s := a.sighting()
	s.API = "/api/v2"
	d.search.sighted(s)
	key := cameras.Key(idA, cameras.StandIn)
	d.eventually(t, 2*time.Second, key, cameras.Incompatible)
	if c := d.camera(key); c.Reason != cameras.ReasonTooNew || c.Name != "Garage" {
		t.Errorf("got %+v", c)
	}
}

func TestStopBeforeAndTwice(t *testing.T) {
	store, _ := settings.Open("")
	e := engine.New(engine.Config{Client: client.NewClient(), Settings: store, Search: func(func(dnssd.Sighting)) engine.Searcher {
		return started{t}
	}})
	for range 2 {
		if !e.Stop(time.Second) {
			t.Error("did not stop")
		}
	}
	e.Start()
	e.Stop(time.Second)
}

// started is a search that must not be.
type started struct{ *testing.T }

func (s started) Run(context.Context) { s.Error("started after it was stopped") }

func (s started) Refresh() {}

func (s started) Status() (bool, []string, string) { return false, nil, "" }

func TestStateIsNeverNull(t *testing.T) {
	store, _ := settings.Open("")
	e := engine.New(engine.Config{Client: client.NewClient(), Settings: store, Notice: "n"})
	data, err := json.Marshal(New(e, "1").State())
	if err != nil || strings.Contains(string(data), "null") || !strings.Contains(string(data), `"cameras":[]`) {
		t.Errorf("got %s", data)
	}
	e.Stop(time.Second)
}
