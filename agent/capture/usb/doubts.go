package usb

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
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
	// maxLooks is up to how many looks pass between two questions.
	maxLooks = 64
)

// errNoAnswer is what a webcam is left with whose driver hangs.
var errNoAnswer = errors.New("it does not answer")

// doubts are webcams that are there but did not say what they offer. They are
// asked again, ever more rarely: nothing else tells that they can answer now. It
// belongs to the goroutine that looks for cameras.
type doubts struct {
	query   func(path string) ([]webcamMode, error)
	log     *slog.Logger
	cams    []webcam
	said    map[string]bool          // by path: it is in the log
	pending map[string]chan struct{} // by path: closed when a late answer came
}

func newDoubts(query func(path string) ([]webcamMode, error), log *slog.Logger) doubts {
	return doubts{query: query, log: log, said: map[string]bool{}, pending: map[string]chan struct{}{}}
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

// end asks webcams in doubt again at some of the looks at the signs, and reports
// whether one of them answers otherwise now.
func (d *doubts) end(ctx context.Context, looks int) bool {
	if looks&(looks-1) != 0 && looks%maxLooks != 0 {
		return false
	}
	return slices.ContainsFunc(d.cams, func(w webcam) bool {
		_, err := d.ask(ctx, w.path)
		if err == nil || errors.Is(err, fs.ErrPermission) != w.denied {
			delete(d.said, w.path)
			return true
		}
		if looks >= complaintAfter && !w.denied && !d.said[w.path] {
			d.said[w.path] = true
			d.log.Warn("a USB camera does not report its formats", "hint", "Unplug it and plug it back in if this continues.", "at", w.path, "err", err)
		}
		return false
	})
}
