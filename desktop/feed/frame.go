package feed

import "time"

// Frame is the newest picture of a camera. It is never changed.
type Frame struct {
	Seq  uint64 // grows with every frame of one Feed, from 1
	JPEG []byte
	At   time.Time // when its last byte arrived, by this machine's clock
	// Placeholder says that the agent drew it, because its camera gives no picture.
	Placeholder bool
}

const (
	// meterFrames is over how many frames the rate is measured,
	meterFrames = 64
	// meterSpan and how old they may be.
	meterSpan = 5 * time.Second
)

// meter measures the rate of the real frames of one connection.
type meter struct {
	at [meterFrames]time.Time
	n  uint64 // frames so far
}

func (m *meter) add(now time.Time) {
	m.at[m.n%meterFrames] = now
	m.n++
}

// interval is the mean time between the last frames; 0 when it is not known,
// as before the second one. A single long gap does not make a slow camera of a
// fast one: it takes two.
func (m *meter) interval() time.Duration {
	if m.n < 2 {
		return 0
	}
	last, gaps := m.back(0), 1
	span := last.Sub(m.back(1))
	if span > meterSpan {
		if m.n == 2 {
			return 0
		}
		return min(span, m.back(1).Sub(m.back(2)))
	}
	for i := uint64(2); i < min(m.n, meterFrames) && last.Sub(m.back(i)) <= meterSpan; i++ {
		span, gaps = last.Sub(m.back(i)), gaps+1
	}
	return span / time.Duration(gaps)
}

// minRate is the lowest rate an agent can be told to give.
const minRate = 0.01

// expected is the time between two frames of a camera whose agent says that it
// gives rate per second; 0 when that is not known.
func expected(rate float64) time.Duration {
	if rate < minRate {
		return 0
	}
	return time.Duration(float64(time.Second) / rate)
}

// back returns when the frame i before the newest one arrived.
func (m *meter) back(i uint64) time.Time { return m.at[(m.n-1-i)%meterFrames] }

// rate is the frames per second of an interval, and of the silence since when
// that is longer: a rate never stays up when frames stop.
func rate(interval time.Duration, silence time.Duration) float64 {
	if interval <= 0 {
		return 0
	}
	if silence > 2*interval {
		interval = silence
	}
	return float64(time.Second) / float64(interval)
}
