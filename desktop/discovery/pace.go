package discovery

import "time"

const (
	searching = 10 * time.Second // between rounds while agents are expected to turn up
	settled   = 30 * time.Second // later
	eager     = time.Minute      // how long agents are expected after a start, a change or Refresh
)

// pace decides when the next round starts. After a start, a change or Refresh
// the gaps double from one second (RFC 6762, section 5.2), so that one lost
// packet costs a second; then every 10 s, and every 30 s once the network has
// been quiet for a minute and somebody was seen.
type pace struct {
	count int       // rounds since the last hurry
	since time.Time // of the last hurry
	last  time.Time // start of the last round
}

func newPace(now time.Time) *pace { return &pace{since: now} }

// started notes a round and answers how long to wait for the next.
func (p *pace) started(now time.Time, seen bool) time.Duration {
	p.last = now
	gap := minGap << min(p.count, 4)
	p.count++
	switch {
	case gap < searching:
		return gap
	case seen && now.Sub(p.since) >= eager:
		return settled
	}
	return searching
}

// hurry starts over and answers how long the next round must wait because of
// the one before.
func (p *pace) hurry(now time.Time) time.Duration {
	p.count, p.since = 0, now
	return max(0, minGap-now.Sub(p.last))
}
