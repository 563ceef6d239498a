package web

import (
	"log/slog"
	"slices"
	"sync"
	"time"

	"pigrid/agent/frames"
)

// slowBytes is how much the pictures may take that clients are behind with. Who
// takes a picture within slowAfter does not count.
const slowBytes = 16 << 20

// shownBytes is the same for what streams with a rate of their own have shown last:
// each may be another picture, and they keep it until the next.
const shownBytes = 8 << 20

// slowClients bounds the memory of pictures that clients are slow to take: each may
// hold another one, long after the camera has newer ones. Past the limit, who takes
// the fewest bytes is given up.
type slowClients struct {
	most int // bytes
	log  *slog.Logger
	full seldom

	mu      sync.Mutex
	writing []*conn       // in the order in which they began
	clients []*slowClient // in the order in which they fell behind
	keeps   pictures      // of clients
	shown   pictures      // of others
	gaveUp  int           // clients, so far
}

// pictures count once each, however many clients keep them. It is for who holds a
// lock.
type pictures struct {
	keeps map[*frames.Frame]int
	bytes int
}

func (p *pictures) add(f *frames.Frame, by int) {
	if f == nil {
		return
	}
	if p.keeps[f] == 0 {
		p.bytes += len(f.JPEG)
	}
	if p.keeps[f] += by; p.keeps[f] == 0 {
		p.bytes -= len(f.JPEG)
		delete(p.keeps, f)
	}
}

type slowClient struct {
	*conn
	frames [2]*frames.Frame
	rate   float64 // bytes per second, lately
}

func newSlowClients(most int, log *slog.Logger) *slowClients {
	return &slowClients{most: most, log: log, keeps: pictures{keeps: map[*frames.Frame]int{}}, shown: pictures{keeps: map[*frames.Frame]int{}}}
}

// begin notes that c is being sent something, until end. Writes that have taken more
// than slowAfter are interrupted and call add. No timer is needed for that: only when
// a write begins can the agent come to keep another picture.
func (s *slowClients) begin(c *conn, now time.Time) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.interruptLate(now)
	c.began = now
	s.writing = append(s.writing, c)
}

// interruptLate interrupts the writes that have taken too long, so that each reports
// its rate. It needs mu.
func (s *slowClients) interruptLate(now time.Time) {
	late := 0
	for late < len(s.writing) && now.Sub(s.writing[late].began) > slowAfter {
		s.writing[late].interrupt()
		late++
	}
	s.writing = slices.Delete(s.writing, 0, late)
}

// end notes that c has taken what it was sent, or has left.
func (s *slowClients) end(c *conn) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.stopWatching(c) {
		c.until = time.Time{} // interruptLate may have changed the deadline
	}
	if !c.isSlow {
		return
	}
	c.isSlow = false
	if i := s.find(c); i >= 0 {
		s.remove(i)
	}
}

// stopWatching returns false when the write of c was interrupted. It needs mu.
func (s *slowClients) stopWatching(c *conn) bool {
	i := slices.Index(s.writing, c)
	if i >= 0 {
		s.writing = slices.Delete(s.writing, i, i+1)
	}
	return i >= 0
}

// add says that a client is behind and how many bytes per second it takes. It may
// be given up, as others may: then its next write fails.
func (s *slowClients) add(c *conn, rate float64) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stopWatching(c)
	if c.isSlow {
		if i := s.find(c); i >= 0 {
			s.clients[i].rate = rate
		}
		return
	}
	c.isSlow = true
	s.clients = append(s.clients, &slowClient{c, c.keeps, rate})
	for _, f := range c.keeps {
		s.keeps.add(f, 1)
	}
	for s.keeps.bytes > s.most && len(s.clients) > 1 {
		i := s.slowest()
		s.gaveUp++
		if s.full.now() {
			s.log.Warn("slow clients make the agent keep too many pictures; disconnecting the slowest",
				"client", s.clients[i].from, "mebibytes", s.most>>20, "disconnected", s.gaveUp)
		}
		_ = s.clients[i].Conn.Close()
		s.remove(i)
	}
}

// find returns where a client stands, -1 for nowhere. It needs mu.
func (s *slowClients) find(c *conn) int {
	return slices.IndexFunc(s.clients, func(one *slowClient) bool { return one.conn == c })
}

// slowest returns the client to disconnect: of several, the first that fell behind. It needs mu
// and a client.
func (s *slowClients) slowest() int {
	least := 0
	for i, c := range s.clients {
		if c.rate < s.clients[least].rate {
			least = i
		}
	}
	return least
}

// remove needs mu.
func (s *slowClients) remove(i int) {
	for _, f := range s.clients[i].frames {
		s.keeps.add(f, -1)
	}
	s.clients = slices.Delete(s.clients, i, i+1)
}

// keepShown counts a picture that a stream has shown last. It is false when there is
// no room; then the stream must not keep it. dropShown undoes it.
func (s *slowClients) keepShown(f *frames.Frame) bool {
	if s == nil {
		return true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shown.add(f, 1)
	if s.shown.bytes > shownBytes {
		s.shown.add(f, -1)
		return false
	}
	return true
}

func (s *slowClients) dropShown(f *frames.Frame) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shown.add(f, -1)
}
