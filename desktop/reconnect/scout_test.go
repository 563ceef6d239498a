package reconnect

import (
	"testing"
	"time"

	"go.uber.org/goleak"

	"pigrid/desktop/cameras"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// street is a few peers, of which those in lost are so since then.
type street struct {
	lost  []Lost
	there map[string]bool
	asked string
	soon  string
}

func (s *street) Unreached() []Lost      { return s.lost }
func (s *street) Answers(id string) bool { return s.there[id] }
func (s *street) Ask(id string)          { s.asked += id }
func (s *street) AskSoon(id string)      { s.soon += id }

func at(s int) time.Time { return time.Unix(int64(s), 0) }

// TestOneByOneBack: whoever comes back while the others are being asked already is
// not forgotten.
func TestOneByOneBack(t *testing.T) {
	peers := &street{lost: []Lost{{"c", at(100)}}, there: map[string]bool{"a": true, "b": true}}
	s := NewScout(peers)
	s.lost = []Lost{{"a", at(100)}, {"b", at(101)}, {"c", at(100)}, {"gone", at(100)}}
	s.recovered = at(1000)
	for _, tt := range []struct {
		at        int
		lost      string
		recovered int
		asked     string
	}{{1001, "abc", 1000, ""}, {1003, "bc", 1003, "c"}, {1004, "bc", 1003, ""}, {1006, "c", 1006, "c"}} {
		peers.soon = ""
		s.Look(at(tt.at), false)
		ids := ""
		for _, l := range s.lost {
			ids += l.ID
		}
		if ids != tt.lost || s.recovered != at(tt.recovered) || peers.soon != tt.asked {
			t.Errorf("at %d: %s are lost or wait, %q asked, recovered at %v", tt.at, ids, peers.soon, s.recovered.Unix())
		}
	}
	if peers.asked != "" {
		t.Errorf("%q were asked while nobody looked", peers.asked)
	}
}

// TestScoutAsksOneAfterTheOther: each of those that are lost, one a second.
func TestScoutAsksOneAfterTheOther(t *testing.T) {
	peers := &street{lost: []Lost{{"a", at(1)}, {"b", at(1)}, {"d", at(1)}}}
	s := NewScout(peers)
	for ms := 0; ms < 4000; ms += 100 {
		s.Look(at(1000).Add(time.Duration(ms)*time.Millisecond), true)
		if ms == 1500 {
			peers.lost = []Lost{{"a", at(1)}, {"c", at(1)}} // b answers, d as well
		}
	}
	if peers.asked != "abca" {
		t.Errorf("asked %q", peers.asked)
	}
}

func TestNoAnswer(t *testing.T) {
	for reason, want := range map[cameras.Reason]bool{
		cameras.ReasonTimeout: true, cameras.ReasonUnreachable: true, cameras.ReasonRefused: true,
		cameras.ReasonUnauthorized: false, cameras.ReasonBusy: false, cameras.ReasonEnded: false,
	} {
		if NoAnswer(&cameras.Failure{Reason: reason}) != want {
			t.Errorf("%q: %v", reason, !want)
		}
	}
	if NoAnswer(nil) {
		t.Error("who answered did not")
	}
}

func TestSlept(t *testing.T) {
	now := time.Now()
	if slept(now, now.Add(time.Second)) || slept(now, now.Add(-time.Second)) {
		t.Error("a second is no sleep")
	}
	if !slept(now, now.Add(time.Minute)) {
		t.Error("a minute is")
	}
}
