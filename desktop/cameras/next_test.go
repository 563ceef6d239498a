package cameras

import (
	"testing"
	"time"

	"pigrid/shared/api"
)

// now is a moment, ago one before it, for tables.
func testClock() (now time.Time, ago func(time.Duration) time.Time) {
	now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	return now, func(d time.Duration) time.Time { return now.Add(-d) }
}

func TestNext(t *testing.T) {
	now, ago := testClock()
	// watched is a wanted stream in some phase since 10 s.
	watched := func(phase Phase, change ...func(*Facts)) Facts {
		f := Facts{Stream: Stream{
			Wanted: true, WantedSince: ago(time.Minute), Phase: phase, PhaseSince: ago(10 * time.Second),
		}, Agent: Agent{API: api.Version, APISince: ago(time.Hour), Camera: api.Live, CameraSince: ago(time.Hour)}}
		for _, c := range change {
			c(&f)
		}
		return f
	}
	frames := func(n uint64, age, interval time.Duration) func(*Facts) {
		return func(f *Facts) {
			f.Frames, f.FirstFrame, f.LastFrame, f.Interval = n, ago(9*time.Second), ago(age), interval
		}
	}
	pause := func(d time.Duration) func(*Facts) { return func(f *Facts) { f.Pause = d } }
	failure := func(r Reason) func(*Facts) {
		return func(f *Facts) {
			f.Failure, f.FailedSince = &Failure{Reason: r, Detail: "raw"}, ago(20*time.Second)
			if f.Phase == Waiting {
				f.RetryAt = now.Add(time.Second)
			}
		}
	}
	agentFailure := func(r Reason) func(*Facts) {
		return func(f *Facts) {
			f.Agent.Failure, f.Agent.FailedSince = &Failure{Reason: r, Detail: "asked"}, ago(30*time.Second)
			f.Agent.RetryAt = now.Add(2 * time.Second)
		}
	}
	cameraSays := func(s api.State) func(*Facts) {
		return func(f *Facts) {
			f.Agent.Camera, f.Agent.CameraSince = s, ago(40*time.Second)
			if s == api.Failed {
				f.Agent.Problem = &api.Problem{Code: "busy", Message: "In use.", Hint: "Close it."}
			}
		}
	}
	young := func(f *Facts) { f.PhaseSince = ago(time.Second) }
	unwatched := func(f *Facts) { f.Wanted = false }

	tests := []struct {
		name   string
		facts  Facts
		state  State
		reason Reason
		since  time.Duration // ago
		retry  bool
	}{
		{"just discovered", watched(Closed), Connecting, "", time.Minute, false},
		{"first dial", watched(Dialling), Connecting, "", time.Minute, false},
		{"headers came", watched(Open, young), Connecting, "", time.Minute, false},
		{"one frame is no proof", watched(Open, frames(1, 0, 0)), Connecting, "", 10 * time.Second, false},
		{"two frames are", watched(Open, frames(2, 0, 30*time.Millisecond)), Live, "", 9 * time.Second, false},
		{"live although the agent cannot be asked", watched(Open, frames(9, 0, 30*time.Millisecond), agentFailure(ReasonTimeout)), Live, "", 9 * time.Second, false},
		{"live although the agent says failed", watched(Open, frames(9, 0, 30*time.Millisecond), cameraSays(api.Failed)), Live, "", 9 * time.Second, false},
		{"a pause of 3 s is no stall", watched(Open, frames(9, 3*time.Second, 30*time.Millisecond)), Live, "", 9 * time.Second, false},
		{"a longer one is", watched(Open, frames(9, 3001*time.Millisecond, 30*time.Millisecond)), Stalled, ReasonNoFrames, 3001 * time.Millisecond, false},
		{"one frame and silence", watched(Open, frames(1, 4*time.Second, 0)), Stalled, ReasonNoFrames, 4 * time.Second, false},
		{"a slow camera may pause 5 intervals", watched(Open, frames(9, 50*time.Second, 10*time.Second)), Live, "", 9 * time.Second, false},
		{"nor may one without an agent", watched(Open, frames(9, 50*time.Second, 0), pause(10*time.Second)), Live, "", 9 * time.Second, false},
		{"not 6, without an agent", watched(Open, frames(9, 60*time.Second, 0), pause(10*time.Second)), Stalled, ReasonNoFrames, time.Minute, false},
		{"its first frame may take longer than usual", watched(Open, pause(30*time.Second)), Connecting, "", time.Minute, false},
		{"not if it is usually fast", watched(Open, pause(100*time.Millisecond)), Stalled, ReasonNoFrames, 10 * time.Second, false},
		{"not 6", watched(Open, frames(9, 60*time.Second, 10*time.Second)), Stalled, ReasonNoFrames, time.Minute, false},
		{"slow for 4 s", watched(Open, frames(9, 0, time.Second), func(f *Facts) { f.SlowSince = ago(4 * time.Second) }), Live, "", 9 * time.Second, false},
		{"slow for 5 s", watched(Open, frames(9, 0, time.Second), func(f *Facts) { f.SlowSince = ago(5 * time.Second) }), Slow, "", 5 * time.Second, false},
		{"open and silent from the start", watched(Open), Stalled, ReasonNoFrames, 10 * time.Second, false},
		{"open, last picture of an earlier connection", watched(Open, func(f *Facts) { f.LastFrame = ago(15 * time.Second) }), Stalled, ReasonNoFrames, 15 * time.Second, false},
		{"the camera still starts", watched(Open, cameraSays(api.Starting)), Connecting, "", time.Minute, false},
		{"it was idle when asked", watched(Open, cameraSays(api.Idle)), Connecting, "", time.Minute, false},
		{"silent and the agent says why", watched(Open, cameraSays(api.Failed)), CameraError, ReasonCamera, 40 * time.Second, false},
		{"stalled and the agent says why", watched(Open, frames(9, 4*time.Second, 0), cameraSays(api.Failed)), CameraError, ReasonCamera, 40 * time.Second, false},
		{"young and the agent says failed", watched(Open, young, cameraSays(api.Failed)), CameraError, ReasonCamera, 40 * time.Second, false},
		{"the agent no longer lists it", watched(Open, func(f *Facts) { f.Agent.Missing = true }), CameraError, ReasonCamera, time.Hour, false},
		{"silent, dialled again, silent", watched(Open, young, failure(ReasonNoFrames)), Stalled, ReasonNoFrames, 20 * time.Second, false},
		{"silent, dialled again, starting", watched(Waiting, failure(ReasonNoFrames), cameraSays(api.Starting)), Connecting, "", time.Minute, false},
		{"silent, waiting, last picture", watched(Waiting, failure(ReasonNoFrames), func(f *Facts) { f.LastFrame = ago(25 * time.Second) }), Stalled, ReasonNoFrames, 25 * time.Second, true},
		{"nothing listens", watched(Waiting, failure(ReasonRefused)), Offline, ReasonRefused, 20 * time.Second, true},
		{"dialling again stays offline", watched(Dialling, failure(ReasonRefused)), Offline, ReasonRefused, 20 * time.Second, false},
		{"connected again is connecting", watched(Open, young, failure(ReasonRefused)), Connecting, "", time.Minute, false},
		{"no way there", watched(Waiting, failure(ReasonUnreachable)), Offline, ReasonUnreachable, 20 * time.Second, true},
		{"no answer", watched(Waiting, failure(ReasonTimeout)), Offline, ReasonTimeout, 20 * time.Second, true},
		{"hung up", watched(Waiting, failure(ReasonEnded)), Offline, ReasonEnded, 20 * time.Second, true},
		{"hung up, and the agent is gone", watched(Waiting, failure(ReasonEnded), agentFailure(ReasonRefused)), Offline, ReasonRefused, 20 * time.Second, true},
		{"hung up, and the agent says why", watched(Waiting, failure(ReasonEnded), cameraSays(api.Failed)), CameraError, ReasonCamera, 40 * time.Second, true},
		{"no stream", watched(Waiting, failure(ReasonBadStream)), Offline, ReasonBadStream, 20 * time.Second, true},
		{"403", watched(Waiting, failure(ReasonForbidden)), Refused, ReasonForbidden, 20 * time.Second, true},
		{"401", watched(Waiting, failure(ReasonUnauthorized)), Refused, ReasonUnauthorized, 20 * time.Second, true},
		{"421", watched(Waiting, failure(ReasonWrongHost)), Refused, ReasonWrongHost, 20 * time.Second, true},
		{"refused on purpose, camera failed too", watched(Waiting, failure(ReasonForbidden), cameraSays(api.Failed)), Refused, ReasonForbidden, 20 * time.Second, true},
		{"503", watched(Waiting, failure(ReasonCamera)), CameraError, ReasonCamera, 20 * time.Second, true},
		{"404 from an agent that starts", watched(Waiting, failure(ReasonCamera), cameraSays(api.Starting)), Connecting, "", time.Minute, false},
		{"too many connections", watched(Waiting, failure(ReasonCrowded)), CameraError, ReasonCrowded, 20 * time.Second, true},
		{"too many viewers", watched(Waiting, failure(ReasonBusy)), CameraError, ReasonBusy, 20 * time.Second, true},
		{"remembered, never found", watched(Closed, agentFailure(ReasonUnreachable)), Offline, ReasonUnreachable, 30 * time.Second, true},
		{"remembered, camera failed", watched(Closed, cameraSays(api.Failed)), CameraError, ReasonCamera, 40 * time.Second, false},
		{"nobody looks", watched(Closed, unwatched), Paused, "", 10 * time.Second, false},
		{"nobody looks yet it is open", watched(Open, unwatched, frames(9, 0, 0)), Paused, "", 10 * time.Second, false},
		{"nobody looks and it is gone", watched(Closed, unwatched, agentFailure(ReasonTimeout)), Offline, ReasonTimeout, 30 * time.Second, true},
		{"nobody looks and it failed", watched(Closed, unwatched, cameraSays(api.Failed)), CameraError, ReasonCamera, 40 * time.Second, false},
		{"older API", watched(Open, frames(9, 0, 0), func(f *Facts) { f.Agent.API = -1 }), Incompatible, ReasonTooOld, time.Hour, false},
		{"newer API", watched(Closed, unwatched, func(f *Facts) { f.Agent.API = api.Version + 1 }), Incompatible, ReasonTooNew, time.Hour, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v := Next(tt.facts, now)
			if v.State != tt.state || v.Reason != tt.reason {
				t.Fatalf("got %q because %q, want %q because %q", v.State, v.Reason, tt.state, tt.reason)
			}
			if got := now.Sub(v.Since); got != tt.since {
				t.Errorf("since %v ago, want %v", got, tt.since)
			}
			if v.RetryAt.IsZero() == tt.retry {
				t.Errorf("retry at %v, want one: %v", v.RetryAt, tt.retry)
			}
		})
	}
}

func TestNextCarriesTheAgentsWords(t *testing.T) {
	now, ago := testClock()
	f := Facts{Stream: Stream{Wanted: true, Phase: Open, PhaseSince: ago(time.Minute)}}
	f.Agent = Agent{API: api.Version, Camera: api.Failed, Problem: &api.Problem{Code: "busy", Message: "In use.", Hint: "Close it."}}
	v := Next(f, now)
	if v.Message != "In use." || v.Hint != "Close it." || v.Detail != "busy" {
		t.Errorf("got %+v", v)
	}
	f = Facts{Stream: Stream{Wanted: true, Phase: Waiting, Failure: &Failure{Reason: ReasonForbidden, Status: 403, Message: "No.", Hint: "Ask.", Detail: "HTTP 403"}}}
	if v := Next(f, now); v.Message != "No." || v.Hint != "Ask." || v.Detail != "HTTP 403" || v.Status != 403 {
		t.Errorf("got %+v", v)
	}
}

func TestStallAtAgreesWithNext(t *testing.T) {
	now, ago := testClock()
	for _, interval := range []time.Duration{0, 33 * time.Millisecond, time.Second, 10 * time.Second} {
		s := Stream{Wanted: true, Phase: Open, PhaseSince: ago(time.Hour), Frames: 2, LastFrame: now, Interval: interval, Pause: interval / 2}
		at := StallAt(s)
		if got := Next(Facts{Stream: s}, at).State; got != Live {
			t.Errorf("interval %v: %s at the limit", interval, got)
		}
		if got := Next(Facts{Stream: s}, at.Add(1)).State; got != Stalled {
			t.Errorf("interval %v: %s after the limit", interval, got)
		}
	}
}
