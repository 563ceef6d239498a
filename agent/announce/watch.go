package announce

import (
	"log/slog"
	"time"
)

const (
	period      = 5 * time.Second // between looks at a calm network
	hastyPeriod = time.Second     // for a minute after a change and while nothing is announced
	haste       = time.Minute
	stable      = 2 * time.Second // how long a change must stand before it is announced
	maxRetry    = 30 * time.Second
)

// step compares the scene with what is announced, announces a change that has
// stood still, and answers when to look again. A change waits because DHCP and
// Wi-Fi come up in several steps and each registration costs the network about
// ten packets; while nobody but this machine hears us there is nothing to
// disturb, so the first network is announced at once.
func (a *Announcer) step(now time.Time) time.Duration {
	s, err := a.look()
	if err != nil {
		return a.blind.delay(a.cfg.Logger, err)
	}
	a.blind = trouble{}
	first := a.calm.IsZero()
	if s.equal(a.now) && !first {
		a.next, a.nextAt = scene{}, time.Time{}
		if now.Before(a.calm) || len(a.active) == 0 {
			return hastyPeriod
		}
		return period
	}
	if a.nextAt.IsZero() || !s.equal(a.next) {
		a.next, a.nextAt = s, now
	}
	alone := len(a.active) == 0 || a.now.loopback()
	if !alone && now.Sub(a.nextAt) < stable {
		return min(hastyPeriod, stable-now.Sub(a.nextAt))
	}
	a.calm = now.Add(haste)
	return a.announce(s)
}

// trouble paces the retries of something that fails: 1, 2, 4 ... 30 s, one log
// line per different error.
type trouble struct {
	said string
	wait time.Duration
}

func (t *trouble) delay(log *slog.Logger, err error) time.Duration {
	if err.Error() != t.said {
		t.said = err.Error()
		log.Warn("mDNS announcement failed, retrying", "error", err)
	}
	t.wait = min(max(2*t.wait, time.Second), maxRetry)
	return t.wait
}
