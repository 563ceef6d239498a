package notify

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"pigrid/desktop/cameras"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// night is what cameras show, one after another, and what is said.
type night struct {
	t     *testing.T
	p     Policy
	shows map[string]Sample
	said  []string
}

// start has cameras that are all live.
func start(t *testing.T, names ...string) *night {
	n := &night{t: t, shows: map[string]Sample{}}
	n.show(cameras.Live, "", names...)
	return n
}

func (n *night) show(s cameras.State, reason cameras.Reason, names ...string) {
	for _, name := range names {
		n.shows[name] = Sample{Key: name, Name: name, State: s, Reason: reason}
	}
}

// pass lets time go by. Nothing may be said twice, nor to nobody.
func (n *night) pass(d time.Duration) {
	for range int(d / time.Second) {
		time.Sleep(time.Second)
		var list []Sample
		for _, s := range n.shows {
			list = append(list, s)
		}
		slices.SortFunc(list, func(a, b Sample) int { return strings.Compare(a.Name, b.Name) })
		for _, notice := range n.p.Observe(time.Now(), list) {
			n.said = append(n.said, notice.Title+" | "+notice.Body)
		}
	}
}

func (n *night) want(what string, said ...string) {
	n.t.Helper()
	if !slices.Equal(n.said, said) {
		n.t.Errorf("%s: said %q, want %q", what, n.said, said)
	}
	n.said = nil
}

const minute = time.Minute

func TestGoesAndComesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := start(t, "Garage")
		n.pass(minute)
		n.want("live")
		began := time.Now().Add(time.Second).Format("15:04")
		n.show(cameras.Offline, cameras.ReasonUnreachable, "Garage")
		n.pass(lasting - time.Second)
		n.want("so far it is a blip")
		n.pass(7 * time.Second)
		n.want("gone", "Garage: no pictures | Since "+began+". The Pi does not answer.")
		n.pass(19 * minute)
		n.want("it is said once")
		n.show(cameras.Live, "", "Garage")
		n.pass(lasting)
		n.want("a moment of pictures is nothing")
		n.pass(7 * time.Second)
		n.want("back", "Garage: pictures come again | There were none for 19 min.")
		n.pass(10 * minute)
		n.want("it is said once")
	})
}

// TestAnAgentThatAnswers is as good as pictures where nobody looks.
func TestAnAgentThatAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := start(t, "Garage")
		n.show(cameras.Answers, "", "Garage")
		n.pass(minute)
		n.show(cameras.Live, "", "Garage")
		n.pass(minute)
		n.show(cameras.Answers, "", "Garage")
		n.pass(minute)
		n.want("nobody looks any more")
		n.show(cameras.CameraError, cameras.ReasonCamera, "Garage")
		n.pass(minute)
		if len(n.said) != 1 || !strings.Contains(n.said[0], "Its camera gives no pictures.") {
			t.Errorf("it failed: %q", n.said)
		}
		n.said = nil
		n.show(cameras.Answers, "", "Garage")
		n.pass(minute)
		if len(n.said) != 1 || !strings.Contains(n.said[0], "pictures come again") {
			t.Errorf("it is well: %q", n.said)
		}
	})
}

func TestBlipsAreNeverSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := start(t, "Garage")
		n.pass(minute)
		for range 20 {
			n.show(cameras.Stalled, cameras.ReasonNoFrames, "Garage")
			n.pass(14 * time.Second)
			n.show(cameras.Slow, "", "Garage")
			n.pass(3 * time.Second)
		}
		n.want("blips")
	})
}

// TestNobodyIsMissed who was never there, of whom nobody knows, or who is left out.
func TestNobodyIsMissed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := start(t, "Garage", "Porch")
		n.show(cameras.Offline, cameras.ReasonTimeout, "Shed")
		n.pass(minute)
		n.show(cameras.Paused, "", "Garage")
		delete(n.shows, "Porch")
		n.pass(minute)
		n.show(cameras.Offline, cameras.ReasonTimeout, "Porch")
		n.show(cameras.Live, "", "Shed")
		n.pass(minute)
		n.want("nothing was lost")
		n.show(cameras.Offline, cameras.ReasonTimeout, "Garage")
		n.pass(minute)
		if len(n.said) != 1 || !strings.HasPrefix(n.said[0], "Garage: no pictures") {
			t.Errorf("known again, it is gone: %q", n.said)
		}
	})
}

func TestQuietAfterSleepOrAnotherNetwork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := start(t, "Garage", "Porch")
		n.pass(minute)
		time.Sleep(8 * time.Hour) // nothing is observed
		n.p.Quiet(time.Now())
		n.show(cameras.Offline, cameras.ReasonUnreachable, "Garage", "Porch")
		n.pass(2 * minute)
		n.show(cameras.Live, "", "Porch")
		n.pass(2*minute + 55*time.Second)
		n.want("quiet")
		n.pass(15 * time.Second)
		if len(n.said) != 1 || !strings.HasPrefix(n.said[0], "Garage: no pictures") {
			t.Errorf("what is still so is said after it: %q", n.said)
		}
		n.said = nil
		n.p.Quiet(time.Now())
		n.show(cameras.Live, "", "Garage")
		n.pass(quietFor - time.Second)
		n.want("quiet")
		n.pass(10 * time.Second)
		if len(n.said) != 1 || !strings.HasPrefix(n.said[0], "Garage: pictures come again") {
			t.Errorf("and who is back: %q", n.said)
		}
	})
}

// TestQuietHoldsBackWhatWaits for others.
func TestQuietHoldsBackWhatWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := start(t, "Garage")
		n.pass(minute)
		n.show(cameras.Offline, cameras.ReasonUnreachable, "Garage")
		n.pass(lasting + 2*time.Second)
		n.p.Quiet(time.Now())
		n.pass(quietFor - time.Second)
		n.want("quiet")
	})
}

func TestManyAtOnceAreOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		names := []string{"Attic", "Bench", "Garage", "Hall", "Porch"}
		n := start(t, names...)
		n.pass(minute)
		for _, name := range names {
			n.show(cameras.Offline, cameras.ReasonUnreachable, name)
			n.pass(time.Second)
		}
		n.pass(minute)
		n.want("gone", "5 cameras: no pictures | Attic, Bench, Garage and 2 more")
		n.show(cameras.Live, "", names[:3]...)
		n.pass(minute)
		n.want("back", "3 cameras: pictures come again | Attic, Bench, Garage")
	})
}

// TestOneThatFlapsIsNotSaidAllTheTime: twice in five minutes at most.
func TestOneThatFlapsIsNotSaidAllTheTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := start(t, "Garage")
		n.pass(minute)
		for range 30 {
			n.show(cameras.Offline, cameras.ReasonUnreachable, "Garage")
			n.pass(20 * time.Second)
			n.show(cameras.Live, "", "Garage")
			n.pass(20 * time.Second)
		}
		if len(n.said) < 4 || len(n.said) > 10 {
			t.Errorf("said %d times in 20 minutes: %q", len(n.said), n.said)
		}
	})
}

// TestAClockThatIsSetBack holds up nothing for as long as it was set back.
func TestAClockThatIsSetBack(t *testing.T) {
	var p Policy
	now := time.Now()
	pass := func(seconds int, s cameras.State) (said []Notice) {
		for range seconds {
			now = now.Add(time.Second)
			said = append(said, p.Observe(now, []Sample{{Key: "a", Name: "Garage", State: s}})...)
		}
		return said
	}
	back := func() { now = now.Add(-time.Hour) }
	pass(30, cameras.Live)
	pass(10, cameras.Offline)
	back()
	if said := pass(14, cameras.Offline); said != nil {
		t.Errorf("so far it is a blip: %v", said)
	}
	if said := pass(10, cameras.Offline); len(said) != 1 {
		t.Errorf("gone: %v", said)
	}
	pass(30, cameras.Live)
	back()
	if said := pass(320, cameras.Offline); len(said) != 1 {
		t.Errorf("gone again: %v", said)
	}
	p.Quiet(now)
	back()
	if said := pass(330, cameras.Live); len(said) != 1 {
		t.Errorf("quiet for five minutes: %v", said)
	}
}

func TestWhy(t *testing.T) {
	for want, s := range map[string]Sample{
		"PiGrid is not running there.":  {State: cameras.Offline, Reason: cameras.ReasonRefused},
		"The Pi does not answer.":       {State: cameras.Offline, Reason: cameras.ReasonUnreachable},
		"It takes too long to answer.":  {State: cameras.Offline, Reason: cameras.ReasonTimeout},
		"It closed the connection.":     {State: cameras.Offline, Reason: cameras.ReasonEnded},
		"No new pictures come.":         {State: cameras.Stalled},
		"No picture came yet.":          {State: cameras.Connecting},
		"Access was denied.":            {State: cameras.Refused},
		"Its agent is too old.":         {State: cameras.Incompatible, Reason: cameras.ReasonTooOld},
		"Its agent is too new.":         {State: cameras.Incompatible, Reason: cameras.ReasonTooNew},
		"No camera was found.":          {State: cameras.CameraError, Message: "No\ncamera\u202e  was found."},
		"Its camera gives no pictures.": {State: cameras.CameraError},
	} {
		if got := why(s); got != want {
			t.Errorf("%+v: %q, want %q", s, got, want)
		}
	}
	if got := plain(strings.Repeat("é", 100), 60, ""); len([]rune(got)) != 61 {
		t.Errorf("%q", got)
	}
}

func TestLength(t *testing.T) {
	for d, want := range map[time.Duration]string{
		40 * time.Second: "40 s", 19*time.Minute + 59*time.Second: "19 min", 2 * time.Hour: "2 h", 100 * time.Hour: "4 days",
	} {
		if got := length(d); got != want {
			t.Errorf("%v: %s", d, got)
		}
	}
}
