package feed

import "time"

// Where all pictures together have too many pixels, the largest are made smaller. These
// methods of a claim say how small, and when they may be larger again.

// room is how many pixels its picture may have, 0 for as many as it has, and whether it
// is known that its pictures cannot be made smaller. The lock of the Feed may be held.
func (c *claim) room() (most int64, fixed bool) {
	c.budget.mu.Lock()
	defer c.budget.mu.Unlock()
	return c.most, c.fixed
}

// fix notes that its pictures cannot be made smaller. The lock of the Feed may be held.
func (c *claim) fix() {
	c.budget.mu.Lock()
	defer c.budget.mu.Unlock()
	c.fixed, c.most = true, 0
}

// widen lets a picture that was made smaller be larger, when there is room again.
func (c *claim) widen(whole int64, now time.Time) {
	if c.most == 0 || now.Before(c.again) {
		return
	}
	more := 4 * c.most
	if c.budget.pixels-c.pixels+perTile*min(more, whole) > c.budget.limits.Pixels {
		return
	}
	if c.most, c.again = more, now.Add(roomAgain); more >= whole {
		c.most = 0
	}
}

// narrow makes its picture smaller, and reports whether that can be.
func (c *claim) narrow(now time.Time) bool {
	if c.fixed || c.most > 0 && c.most <= c.whole.by(8).pixels() {
		return false
	}
	c.size = c.size.by(2)
	c.most, c.again = c.size.pixels(), now.Add(roomAgain)
	c.budget.set(c, c.held, c.reading, perTile*c.most)
	return true
}
