package capture

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"pigrid/agent/frames"
	"pigrid/agent/identity"
	"pigrid/shared/api"
)

// kind is a driver that finds what a test says.
type kind struct {
	cameras  []Camera
	err      error
	signs    func() []string // nil: none
	detected int
}

func (k *kind) Detect(context.Context) ([]Camera, error) { k.detected++; return k.cameras, k.err }

func (k *kind) Signs(context.Context) []string {
	if k.signs == nil {
		return nil
	}
	return k.signs()
}

// imx708 is a camera that a kind may find.
func imx708() Camera {
	return Camera{
		Model: "imx708", Path: "/base/imx708", Gone: api.Problem{Code: api.CodeNotDetected, Message: "Gone."},
		Open: func(string, func() Options) Stream {
			return Stream{Source: &script{sessions: []session{deliver(-1, time.Second)}}, Framerate: 1}
		},
	}
}

// listing returns a Manager of one kind that has not looked yet.
func listing(t *testing.T, d ...Driver) *Manager {
	t.Helper()
	ids, err := identity.OpenCameraIDs("")
	if err != nil {
		t.Fatal(err)
	}
	return New(Config{
		Cameras: &frames.Set{}, IDs: ids, Log: quiet(), Drivers: d, LookEvery: time.Second,
		Options: func(string) Options { return Options{} }, Name: func(string) string { return "" },
	})
}

func TestAFailedListBlamesNoKnownCamera(t *testing.T) {
	k := &kind{cameras: []Camera{imx708()}}
	m := listing(t, k)
	ctx, cancel := context.WithCancel(t.Context())
	defer m.wg.Wait()
	defer cancel()
	list := func(err error, cameras ...Camera) {
		k.cameras, k.err = cameras, err
		_ = m.list(ctx)
	}
	list(nil, imx708())
	hub, _ := m.cfg.Cameras.Get("imx708")
	again := m.served["imx708"].again
	for _, code := range []api.Code{api.CodeCrashed, api.CodeProgramMissing} {
		err := &Failure{Problem: api.Problem{Code: code}}
		list(err)
		hub.SetState(api.Failed, nil)
		list(err)
		if state, _ := hub.State(); state != api.Failed {
			t.Errorf("%s: a failed camera became %s though nobody knows of it", code, state)
		}
		hub.SetState(api.Idle, nil)
		list(err)
		if state, _ := hub.State(); state != api.Idle || !m.known["imx708"].there {
			t.Errorf("%s: state %s, known to be there %v; want the camera asleep and known", code, state, m.known["imx708"].there)
		}
	}
	list(&Failure{Problem: api.Problem{Code: api.CodeNotDetected}})
	if state, p := hub.State(); state != api.Failed || p == nil || p.Message != "Gone." || m.known["imx708"].there {
		t.Errorf("state %s %+v, known to be there %v; want the camera failed and forgotten", state, p, m.known["imx708"].there)
	}
	list(nil, imx708())
	if state, p := hub.State(); state != api.Idle || p != nil {
		t.Errorf("state %s %v after it was found again", state, p)
	}
	for want := range 2 { // the second list is no news
		if n := len(again); n != 1-want {
			t.Errorf("its return was told %d times, want %d", n, 1-want)
		}
		for len(again) > 0 {
			<-again
		}
		list(nil, imx708())
	}
}

// TestAKindSaysNothingOfAnother: what cannot be listed stays, what is not there is
// gone, whoever else has failed.
func TestAKindSaysNothingOfAnother(t *testing.T) {
	webcam := imx708()
	webcam.Model, webcam.Path = "c920", "/dev/c920"
	one, two := &kind{cameras: []Camera{imx708()}}, &kind{cameras: []Camera{webcam}}
	m := listing(t, one, two)
	ctx, cancel := context.WithCancel(t.Context())
	defer m.wg.Wait()
	defer cancel()
	if err := m.list(ctx); err != nil {
		t.Fatal(err)
	}
	one.cameras, one.err = nil, &Failure{Problem: api.Problem{Code: api.CodeCrashed}}
	two.cameras = nil
	if err := m.list(ctx); CodeOf(err) != api.CodeCrashed {
		t.Errorf("the list says %v", err)
	}
	for id, want := range map[string]api.State{"imx708": api.Idle, "c920": api.Failed} {
		hub, _ := m.cfg.Cameras.Get(id)
		if state, _ := hub.State(); state != want {
			t.Errorf("%s is %s, want %s", id, state, want)
		}
	}
	two.cameras = []Camera{webcam}
	one.err = &Failure{Problem: api.Problem{Code: api.CodeProgramMissing}}
	if err := m.list(ctx); err != nil {
		t.Errorf("a program that is missing is a failure although there is another camera: %v", err)
	}
}

// TestACameraThatCannotBeUsedIsShownSo, from its first moment on.
func TestACameraThatCannotBeUsedIsShownSo(t *testing.T) {
	c := imx708()
	c.Problem = &api.Problem{Code: api.CodePermission}
	m := listing(t, &kind{cameras: []Camera{c}})
	ctx, cancel := context.WithCancel(t.Context())
	defer m.wg.Wait()
	defer cancel()
	if err := m.list(ctx); err != nil {
		t.Fatal(err)
	}
	hub, _ := m.cfg.Cameras.Get("imx708")
	if state, p := hub.State(); state != api.Failed || p != c.Problem && *p != *c.Problem {
		t.Errorf("state %s %+v", state, p)
	}
}

// TestSignsHaveCamerasListed; a kind without signs is listed once.
func TestSignsHaveCamerasListed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for name, test := range map[string]struct {
			signs, later []string
			want         int
		}{
			"none":      {nil, []string{"video0"}, 1},
			"the same":  {[]string{"video0"}, []string{"video0"}, 1},
			"one comes": {[]string{"video0"}, []string{"video0", "video1"}, 2},
			"one goes":  {[]string{"video0"}, nil, 2},
		} {
			begin := time.Now()
			k := &kind{cameras: []Camera{imx708()}, signs: func() []string {
				if time.Since(begin) < 5*time.Second {
					return test.signs
				}
				return test.later
			}}
			m := listing(t, k)
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan error, 1)
			go func() { done <- m.Run(ctx) }()
			time.Sleep(10500 * time.Millisecond)
			cancel()
			if err := <-done; err != nil || k.detected != test.want {
				t.Errorf("%s: listed %d times, want %d; error %v", name, k.detected, test.want, err)
			}
		}
	})
}

// TestNoCameraAtAllIsSaid, also when no kind says why.
func TestNoCameraAtAllIsSaid(t *testing.T) {
	if err := listing(t, &kind{}).list(t.Context()); CodeOf(err) != api.CodeNotDetected {
		t.Errorf("the list says %v", err)
	}
}
