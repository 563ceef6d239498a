package capture

import (
	"testing"
	"time"

	"pigrid/agent/frames"
	"pigrid/shared/api"
)

// TestPresentFailsWhatSleeps: a camera that runs knows better.
func TestPresentFailsWhatSleeps(t *testing.T) {
	for state, want := range map[api.State]api.State{
		api.Idle: api.Failed, api.Starting: api.Starting, api.Stalled: api.Stalled, api.Failed: api.Failed,
	} {
		w := &writer{hub: frames.NewHub(frames.Camera{ID: "x"})}
		w.hub.SetState(state, nil)
		w.present(&api.Problem{Code: "gone"})
		got, p := w.hub.State()
		if got != want || (p != nil) != (state == api.Idle) {
			t.Errorf("%s became %s, %v", state, got, p)
		}
	}
}

// TestPresentLetsSleep: only a camera that failed or stalled and nobody watches
// sleeps again.
func TestPresentLetsSleep(t *testing.T) {
	for state, want := range map[api.State]api.State{
		api.Idle: api.Idle, api.Starting: api.Starting, api.Stalled: api.Idle, api.Failed: api.Idle,
	} {
		w := &writer{hub: frames.NewHub(frames.Camera{ID: "x"})}
		w.hub.SetState(state, &api.Problem{Code: "gone"})
		v := w.hub.Join(t.Context(), 0)
		w.present(nil)
		if got, p := w.hub.State(); got != state || p == nil {
			t.Errorf("watched, %s became %s, %v", state, got, p)
		}
		v.Leave()
		w.present(nil)
		if got, p := w.hub.State(); got != want || (p == nil) != (state == api.Failed || state == api.Stalled) {
			t.Errorf("%s became %s, %v", state, got, p)
		}
	}
}

// TestASessionAloneWrites: neither a list, nor what comes of an earlier session,
// nor a late frame changes what it says.
func TestASessionAloneWrites(t *testing.T) {
	s := &supervisor{writer: writer{hub: frames.NewHub(frames.Camera{ID: "x", Framerate: 30})}, log: quiet()}
	expect := func(what string, want api.State) {
		t.Helper()
		if got, _ := s.hub.State(); got != want {
			t.Errorf("%s: %s, want %s", what, got, want)
		}
	}
	late, now := &sessionRun{supervisor: s}, &sessionRun{supervisor: s, warnings: warnings{show: s.showWarning}}
	s.begin(late)
	s.begin(now)
	s.present(&api.Problem{Code: "gone"})
	late.write(func() { s.hub.SetState(api.Stalled, nil) })
	late.Mode(&api.Mode{Width: 1})
	expect("while it starts", api.Starting)
	if m := s.hub.Status(time.Now()).Mode; m != nil {
		t.Errorf("the mode is that of an earlier session: %+v", m)
	}
	s.hub.Publish(tinyJPEG, time.Now())
	expect("with a frame", api.Live)
	_ = now.stalled()
	s.present(nil)
	s.hub.Publish(tinyJPEG, time.Now())
	expect("when frames stop, and one comes too late", api.Stalled)
	s.end(api.Idle, nil)
	now.write(func() { s.hub.SetState(api.Failed, nil) })
	expect("after it", api.Idle)
}
