package capture

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"slices"
	"time"
)

const (
	// askWait is how long a webcam may take to say what it offers.
	askWait = time.Second
	// complaintAfter is after how many looks for nothing it is said that a
	// webcam does not answer. One that is being plugged in does not at first.
	complaintAfter = 4
)

// errNoAnswer is what a webcam is left with whose driver hangs.
var errNoAnswer = errors.New("it does not answer")

// doubts are webcams that are there but did not say what they offer. They are
// asked again, ever more rarely: nothing else tells that they can answer now. It
// belongs to the goroutine that looks for cameras.
type doubts struct {
	query   func(path string) ([]webcamMode, error)
	cams    []webcam
	said    map[string]bool          // by path: it is in the log
	pending map[string]chan struct{} // by path: closed when a late answer came
}

func newDoubts(query func(path string) ([]webcamMode, error)) doubts {
	return doubts{query: query, said: map[string]bool{}, pending: map[string]chan struct{}{}}
}

// ask asks a webcam what it offers, in a goroutine of its own: a driver may
// hang. While it does, the webcam is not asked again.
func (d *doubts) ask(ctx context.Context, path string) ([]webcamMode, error) {
	if late, ok := d.pending[path]; ok {
		select {
		case <-late:
			delete(d.pending, path)
		default:
			return nil, errNoAnswer
		}
	}
	var modes []webcamMode
	var err error
	answered := make(chan struct{})
	go func() {
		defer close(answered)
		modes, err = d.query(path)
	}()
	timer := time.NewTimer(askWait)
	defer timer.Stop()
	select {
	case <-answered:
		return modes, err
	case <-timer.C:
	case <-ctx.Done():
	}
	d.pending[path] = answered
	return nil, errNoAnswer
}

// forget drops what is kept of webcams that are not there any more: one that is
// plugged in again is another matter.
func (d *doubts) forget() {
	gone := func(path string) bool { _, err := os.Lstat(path); return errors.Is(err, fs.ErrNotExist) }
	maps.DeleteFunc(d.said, func(path string, _ bool) bool { return gone(path) })
	maps.DeleteFunc(d.pending, func(path string, _ chan struct{}) bool { return gone(path) })
}

// listWebcams finds the USB cameras if they are wanted. One that is known is not
// gone because it does not answer.
func (m *Manager) listWebcams(ctx context.Context) []webcam {
	if m.cfg.Source != Auto {
		return nil
	}
	cams, silent, others := findWebcams(m.cfg.DeviceDir, func(path string) ([]webcamMode, error) { return m.doubts.ask(ctx, path) })
	for _, path := range others {
		m.cfg.Log.Debug("a USB camera offers no MJPEG; see --source exec: for how to use it", "at", path)
	}
	m.doubts.cams = silent
	m.doubts.forget()
	for _, w := range cams {
		if w.denied {
			m.doubts.cams = append(m.doubts.cams, w)
		}
	}
	for _, w := range silent {
		if known, ok := m.knownAt(w.path); ok {
			cams = append(cams, known)
		}
	}
	return cams
}

// knownAt returns what is known of a webcam from before.
func (m *Manager) knownAt(path string) (webcam, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, w := range m.webcams {
		if w.path == path && len(w.modes) > 0 {
			w.gone = false
			return w, true
		}
	}
	return webcam{}, false
}

// doubtEnds asks webcams in doubt again at some of the looks at the devices, and
// reports whether one of them answers otherwise now.
func (m *Manager) doubtEnds(ctx context.Context, looks int) bool {
	if looks&(looks-1) != 0 && looks%maxLooks != 0 {
		return false
	}
	return slices.ContainsFunc(m.doubts.cams, func(w webcam) bool {
		_, err := m.doubts.ask(ctx, w.path)
		if err == nil || errors.Is(err, fs.ErrPermission) != w.denied {
			delete(m.doubts.said, w.path)
			return true
		}
		if looks >= complaintAfter && !w.denied && !m.doubts.said[w.path] {
			m.doubts.said[w.path] = true
			m.cfg.Log.Warn("a USB camera does not say what it offers", "hint", "Plug it out and in again if this goes on.", "at", w.path, "err", err)
		}
		return false
	})
}
