package capture

import (
	"context"
	"errors"
	"image"
	"maps"
	"slices"
	"strings"
	"time"

	"pigrid/agent/frames"
	"pigrid/agent/identity"
	"pigrid/shared/api"
)

// watch lists the cameras at the start, after failures, when signs change and,
// while there are none, now and then. New ones are served at once.
func (m *Manager) watch(ctx context.Context) {
	var said string
	misses := 0
	for seen := m.signs(ctx); ctx.Err() == nil; {
		err := m.list(ctx)
		if ctx.Err() != nil {
			return
		}
		if misses++; err == nil {
			said, misses = "", 0
		} else {
			said = m.showNone(err, said)
		}
		if len(seen) == 0 {
			return // the cameras are the same for ever
		}
		now := m.awaitReason(ctx, seen, misses)
		if !slices.Equal(seen, now) {
			misses = 0
		}
		seen = now
	}
}

// maxLooks is up to how many looks at the signs pass between two lists for
// nothing.
const maxLooks = 64

// awaitReason waits for a reason to list the cameras again and returns the signs
// then: other ones than were seen are a reason. Listing takes most of a second of a
// Pi's processor, so it is not done for nothing: the longer nothing is found, the
// more rarely.
func (m *Manager) awaitReason(ctx context.Context, seen []string, misses int) (now []string) {
	tick := time.NewTicker(m.cfg.LookEvery)
	defer tick.Stop()
	for looks := 1; ctx.Err() == nil; looks++ {
		select {
		case <-m.relist:
			return seen
		case <-tick.C:
			if now = m.signs(ctx); !slices.Equal(seen, now) {
				return now
			}
			if misses > 0 && looks >= min(1<<min(misses-1, 30), maxLooks) {
				return seen
			}
		case <-ctx.Done():
		}
	}
	return seen
}

// signs is what all kinds look at to know that cameras may have come or gone.
func (m *Manager) signs(ctx context.Context) (all []string) {
	for _, d := range m.cfg.Drivers {
		all = append(all, d.Signs(ctx)...)
	}
	return all
}

// found is a camera that a driver has detected.
type found struct {
	Camera
	id     string
	driver int // index in Config.Drivers
	there  bool
}

// cannot says why the camera cannot be started, nil when it can.
func (f found) cannot() *api.Problem {
	if !f.there {
		return &f.Gone
	}
	return f.Problem
}

// list finds cameras and starts what is new. The error says why there are none,
// or why those of a kind could not be listed.
func (m *Manager) list(ctx context.Context) error {
	var there, wanted []found
	var first error
	for i, d := range m.cfg.Drivers {
		cameras, err := d.Detect(ctx)
		if first == nil {
			first = err
		}
		others := len(wanted)
		for _, c := range cameras {
			f := found{Camera: c, id: m.id(c), driver: i, there: true}
			if there = append(there, f); m.wanted(f) {
				wanted = append(wanted, f)
			}
		}
		m.remember(i, wanted[others:], err)
	}
	switch {
	case len(there) == 0 && first == nil:
		return &Failure{Problem: api.Problem{Code: api.CodeNotDetected, Message: "No camera was found."}}
	case len(there) == 0:
		return first
	case len(wanted) == 0:
		return &Failure{Problem: noneOf(m.cfg.Only, there)}
	}
	m.cfg.Cameras.Change(func() {
		m.cfg.Cameras.Remove(provisional)
		for _, f := range wanted {
			m.serve(ctx, f)
		}
	})
	if code := CodeOf(first); code == api.CodeProgramMissing || code == api.CodeNotDetected {
		return nil // other cameras are enough
	}
	return first
}

// id is the short name of a camera.
func (m *Manager) id(c Camera) string {
	if c.ID != "" {
		return c.ID
	}
	id, err := m.cfg.IDs.ID(c.Model, c.Path)
	if err != nil {
		message, hint := err.Error(), ""
		if e, ok := errors.AsType[*identity.NotKept](err); ok {
			message, hint = e.Message(), e.Hint()
		}
		m.cfg.Log.Warn(message, "hint", hint, "camera", id)
	}
	return id
}

// wanted reports whether --camera asks for a camera. One that is the only one of
// its kind was asked for by --source.
func (m *Manager) wanted(f found) bool {
	return len(m.cfg.Only) == 0 || f.ID != "" || slices.Contains(m.cfg.Only, f.id) || slices.Contains(m.cfg.Only, f.Index)
}

// remember notes which cameras of a kind are there now, and says which of them have
// gone and come back. A mere failure to list says nothing of those known.
func (m *Manager) remember(driver int, cameras []found, err error) {
	unknown := err != nil && CodeOf(err) != api.CodeNotDetected
	now := map[string]found{}
	for _, f := range cameras {
		now[f.id] = f
	}
	for _, id := range slices.Sorted(maps.Keys(m.served)) {
		before, s := m.known[id], m.served[id]
		f, there := now[id]
		switch {
		case before.driver != driver || !there && unknown && before.there:
			continue
		case !there:
			f = before
			f.there = false
		}
		m.known[id] = f
		if before.there && !f.there {
			s.log.Warn("camera gone")
		}
		if !before.there && f.there {
			s.log.Info("camera back")
			s.back()
		}
		s.present(f.cannot())
	}
}

// noneOf says that no camera of those asked for is there.
func noneOf(only []string, there []found) api.Problem {
	var ids []string
	for _, f := range there {
		ids = append(ids, f.id)
	}
	return api.Problem{
		Code:    api.CodeUnknownCamera,
		Message: "There is no camera " + strings.Join(only, ", ") + " on this machine.",
		Hint:    "Start the agent without --camera, or with one of: " + strings.Join(ids, ", ") + ".",
	}
}

// provisional is the id of the camera that stands for "none found yet".
const provisional = "camera"

// showNone makes it visible why no camera could be listed; it returns what was
// said last.
func (m *Manager) showNone(err error, said string) string {
	p := problemOf(err, err.Error())
	if len(m.cfg.Cameras.All()) == 0 {
		o := m.cfg.Options(provisional).Fitting(image.Point{})
		m.cfg.Cameras.Add(frames.NewHub(frames.Camera{
			ID: provisional, Name: m.name(provisional), Width: o.Width, Height: o.Height, Framerate: o.Framerate,
		}))
	}
	if hub, ok := m.cfg.Cameras.Get(provisional); ok {
		hub.SetState(api.Failed, &p)
	}
	if p.Message != said {
		m.cfg.Log.Warn(p.Message, "hint", p.Hint)
	}
	return p.Message
}
