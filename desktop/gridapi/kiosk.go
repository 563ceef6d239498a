package gridapi

import (
	"context"
	"sync/atomic"
	"time"
)

const (
	// stillAfter is for how long the page of a kiosk may ask nothing.
	stillAfter = 30 * time.Second
	// startAfter is how long it may take to ask for the first time.
	startAfter = 90 * time.Second
	// stillLook is how often that is looked at. Looks are counted, not time: a machine
	// that slept has not looked.
	stillLook = time.Second
)

// kiosk is a window that nobody sits at.
type kiosk struct {
	asked atomic.Uint64 // questions of the page so far
}

// Kiosk makes the page one that changes nothing, whatever is clicked. It is called before
// Start.
func (s *Server) Kiosk() { s.kiosk = &kiosk{} }

// StandsStill waits until the page of a kiosk has asked nothing for 30 s: it hangs or has
// crashed. It may take 90 s to start. It reports false when ctx ends before.
func (s *Server) StandsStill(ctx context.Context) bool {
	tick := time.NewTicker(stillLook)
	defer tick.Stop()
	for last, looks := uint64(0), time.Duration(0); ; {
		select {
		case <-ctx.Done():
			return false
		case <-tick.C:
		}
		looks++
		if asked := s.kiosk.asked.Load(); asked != last {
			last, looks = asked, 0
		}
		most := stillAfter
		if last == 0 {
			most = startAfter
		}
		if looks*stillLook >= most {
			return true
		}
	}
}

// noteAsked notes that the page is alive.
func (s *Server) noteAsked() {
	if s.kiosk != nil {
		s.kiosk.asked.Add(1)
	}
}

// locked reports whether a command is not for a page that nobody sits at.
func (s *Server) locked(command string) bool {
	looks := command == "retry" || command == "cancelAdd" || command == "showView"
	return s.kiosk != nil && !looks
}

// showView shows a view, which a kiosk does not keep.
func (s *Server) showView(name string) {
	if s.kiosk != nil {
		s.engine.OpenView(name)
		return
	}
	s.engine.ShowView(name)
}
