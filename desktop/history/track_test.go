package history

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"pigrid/desktop/cameras"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var start = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)

// play plays steps like "live 60" or "offline:refused 20", a second at a time. "asleep"
// is a machine that sleeps, "back" one whose clock is set back.
func play(t *track, steps string) {
	now := start
	for step := range strings.SplitSeq(steps, ", ") {
		var what string
		var seconds int
		if _, err := fmt.Sscan(step, &what, &seconds); err != nil {
			panic(err)
		}
		switch what {
		case "asleep":
			now = now.Add(time.Duration(seconds) * time.Second)
			continue
		case "back":
			now = now.Add(-time.Duration(seconds) * time.Second)
			continue
		}
		state, reason, _ := strings.Cut(what, ":")
		for range seconds {
			t.observe(Phase{From: now, State: cameras.State(state), Reason: cameras.Reason(reason)})
			now = now.Add(time.Second)
		}
	}
}

// told are entries in the words of play, with the seconds from the start.
func told(list []Entry) string {
	var words []string
	for _, e := range list {
		var phases []string
		for i, p := range e.Phases {
			word := string(p.State)
			if p.Reason != "" {
				word += ":" + string(p.Reason)
			}
			if i > 0 {
				word += fmt.Sprintf("@%.0f", p.From.Sub(start).Seconds())
			}
			phases = append(phases, word)
		}
		words = append(words, fmt.Sprintf("%.0f-%.0f %s", e.From.Sub(start).Seconds(), e.To.Sub(start).Seconds(), strings.Join(phases, "+")))
	}
	return strings.Join(words, ", ")
}

func TestTrack(t *testing.T) {
	for _, c := range []struct{ name, steps, want string }{
		{"live", "connecting 2, live 60", "2-61 live"},
		{"not yet for long enough", "live 15", ""},
		{"an outage", "live 60, offline:timeout 60, live 60", "0-60 live, 60-120 offline:timeout, 120-179 live"},
		{"a blip", "live 60, offline 14, live 60", "0-133 live"},
		{"just no blip", "live 60, offline 16, live 60", "0-60 live, 60-76 offline, 76-135 live"},
		{"several phases", "live 60, stalled:no-frames 4, offline:timeout 60, camera-error:camera 60, connecting 3, live 60", "0-60 live, 60-187 offline:timeout+camera-error:camera@124, 187-246 live"},
		{"the last phase did not last", "live 60, offline:refused 30, camera-error:camera 10, live 60", "0-60 live, 60-100 offline:refused, 100-159 live"},
		{"there and back", "live 60, offline 30, stalled 5, offline 30, live 30", "0-60 live, 60-125 offline, 125-154 live"},
		{"many short phases", "live 60, stalled 5, offline 5, camera-error 5, refused 5, live 30", "0-60 live, 60-80 camera-error, 80-109 live"},
		{"live for a moment", "live 60, offline 60, live 10, offline 60, live 60", "0-60 live, 60-190 offline, 190-249 live"},
		{"slow", "live 60, slow 60, live 60", "0-60 live, 60-120 slow, 120-179 live"},
		{"nobody watches", "live 60, paused 100, live 60", "0-60 live, 160-219 live"},
		{"a page that is loaded again", "live 60, paused 5, live 60", "0-124 live"},
		{"off while nobody watches", "live 60, offline 60, paused 60, live 30", "0-60 live, 60-120 offline, 180-209 live"},
		{"a moment before nobody watches", "live 60, offline 5, paused 60", "0-65 live"},
		{"here and there, never for long", "live 60, offline 6, slow 6, offline 6, slow 6, offline 30", "0-72 live, 72-113 offline"},
		{"the machine slept", "live 60, asleep 3600, live 60", "0-59 live, 3660-3719 live"},
		{"it hardly slept", "live 60, asleep 5, live 60", "0-124 live"},
		{"out, then it slept", "live 60, offline 60, asleep 3600, live 60", "0-60 live, 60-119 offline, 3720-3779 live"},
		{"the clock was set back", "live 60, offline 60, live 60, back 150, live 60", "0-89 live"},
		{"set back a little", "live 60, back 5, live 60", "0-114 live"},
		{"starting for long", "live 60, connecting 60, live 60", "0-60 live, 60-120 connecting, 120-179 live"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var tr track
			play(&tr, c.steps)
			if got := told(tr.entries()); got != c.want {
				t.Errorf("%s:\ngot  %s\nwant %s", c.steps, got, c.want)
			}
		})
	}
}

// TestAnyOrder: entries are in order, none is short, and an outage has few phases,
// whatever happens.
func TestAnyOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	states := []cameras.State{cameras.Live, cameras.Slow, cameras.Stalled, cameras.Offline, cameras.CameraError, cameras.Paused, cameras.Connecting}
	for range 30 {
		var tr track
		now := start
		for range 500 {
			state := states[r.IntN(len(states))]
			for range 1 + r.IntN(60) {
				now = now.Add(time.Duration(r.IntN(3)) * time.Second)
				tr.observe(Phase{From: now, State: state})
			}
			if r.IntN(50) == 0 {
				now = now.Add(time.Duration(r.IntN(200)-100) * time.Second)
			}
		}
		list := tr.entries()
		for i, e := range list {
			if e.To.Sub(e.From) < blip || len(e.Phases) == 0 || len(e.Phases) > maxPhases || !e.Outage() && len(e.Phases) > 1 {
				t.Fatalf("an entry of %v with %d phases", e.To.Sub(e.From), len(e.Phases))
			}
			for j, p := range e.Phases {
				if p.From.Before(e.From) || p.From.After(e.To) || j > 0 && p.From.Sub(e.Phases[j-1].From) < blip {
					t.Fatalf("entry %d: %s", i, told([]Entry{e}))
				}
			}
			if i > 0 && e.From.Before(list[i-1].To) {
				t.Fatalf("not in order: %s", told(list[i-1:i+1]))
			}
		}
	}
}
