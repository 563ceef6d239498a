package capture

import (
	"context"
	"errors"
	"image"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"pigrid/agent/identity"
	"pigrid/shared/api"
)

// watchDevices lists the cameras at the start, after failures, when devices or
// programs come or go and, while there are none, now and then. New ones are
// served at once.
func (m *Manager) watchDevices(ctx context.Context) {
	m.wg.Go(func() {
		var said string
		misses := 0
		for ctx.Err() == nil {
			seen := m.surroundings()
			err := m.list(ctx)
			if ctx.Err() != nil {
				return
			}
			if misses++; err == nil {
				said, misses = "", 0
			} else {
				said = m.showNoSensors(err, said)
			}
			if m.awaitReason(ctx, seen, misses) {
				misses = 0
			}
		}
	})
}

// maxLooks is up to how many looks at the devices pass between two lists for
// nothing.
const maxLooks = 64

// awaitReason waits for a reason to list the cameras again and reports whether
// it was a change. Listing takes most of a second of a Pi's processor, so it is
// not done for nothing: the longer nothing is found, the more rarely.
func (m *Manager) awaitReason(ctx context.Context, seen []string, misses int) (changed bool) {
	tick := time.NewTicker(m.cfg.LookEvery)
	defer tick.Stop()
	for looks := 1; ctx.Err() == nil; looks++ {
		select {
		case <-m.relist:
			return false
		case <-tick.C:
			if !slices.Equal(seen, m.surroundings()) || m.doubtEnds(ctx, looks) {
				return true
			}
			if misses > 0 && looks >= min(1<<min(misses-1, 30), maxLooks) {
				return false
			}
		case <-ctx.Done():
		}
	}
	return false
}

// surroundings is what decides over cameras and is cheap to look at: devices
// and programs.
func (m *Manager) surroundings() []string {
	program, _ := findProgram()
	return append(devices(m.cfg.DeviceDir), program, findFFmpeg())
}

// devices lists the names of media and video devices and of USB cameras. The
// kernel and udev make and remove them when cameras come and go.
func devices(dir string) []string {
	var names []string
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), "media") || strings.HasPrefix(e.Name(), "video") {
			names = append(names, e.Name())
		}
	}
	entries, _ = os.ReadDir(filepath.Join(dir, byIDDir))
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// found is a camera that is there.
type found struct {
	id     string
	index  string // for --camera, "" for webcams
	path   string
	sensor Sensor
	webcam *webcam // nil for sensors
}

// list finds cameras and starts what is new. The error says why there are none,
// or why sensors could not be listed.
func (m *Manager) list(ctx context.Context) error {
	program, sensors, err := m.listSensors(ctx)
	there := m.identify(sensors, m.listWebcams(ctx))
	cameras := slices.DeleteFunc(slices.Clone(there), func(f found) bool { return !m.wanted(f) })
	m.remember(program, cameras, err)
	defer m.showPresence(err)
	switch {
	case len(cameras) == 0 && len(there) == 0:
		return err
	case len(cameras) == 0:
		return &failure{problem: noneOf(m.cfg.Only, there)}
	}
	m.cfg.Cameras.Change(func() {
		m.cfg.Cameras.Remove(provisional)
		for _, f := range cameras {
			m.serve(ctx, f)
		}
	})
	if code := codeOf(err); code == api.CodeProgramMissing || code == api.CodeNotDetected {
		return nil // webcams are cameras enough
	}
	return err
}

// listSensors asks the capture program for its cameras, while none is started.
func (m *Manager) listSensors(ctx context.Context) (program string, sensors []Sensor, err error) {
	if program, err = findProgram(); err != nil {
		return "", nil, err
	}
	done, err := m.turns.list(ctx)
	if err != nil {
		return program, nil, err
	}
	defer done()
	sensors, err = m.lister.list(ctx, program)
	return program, sensors, err
}

// identify gives cameras their ids, sensors first.
func (m *Manager) identify(sensors []Sensor, webcams []webcam) []found {
	var all []found
	for _, s := range sensors {
		all = append(all, found{id: m.id(s.Model, s.Path), index: strconv.Itoa(s.Index), path: s.Path, sensor: s})
	}
	for i, w := range webcams {
		all = append(all, found{id: m.id(w.model, w.path), path: w.path, webcam: &webcams[i]})
	}
	return all
}

func (m *Manager) id(model, path string) string {
	id, err := m.cfg.IDs.ID(model, path)
	if err != nil {
		m.logNotKept(id, err)
	}
	return id
}

func (m *Manager) logNotKept(id string, err error) {
	message, hint := err.Error(), ""
	if e, ok := errors.AsType[*identity.NotKept](err); ok {
		message, hint = e.Message(), e.Hint()
	}
	m.cfg.Log.Warn(message, "hint", hint, "camera", id)
}

func (m *Manager) wanted(f found) bool {
	return len(m.cfg.Only) == 0 || slices.Contains(m.cfg.Only, f.id) || slices.Contains(m.cfg.Only, f.index)
}

// remember keeps what is there and logs what went and came back. A mere failure
// to list says nothing of sensors that are known.
func (m *Manager) remember(program string, cameras []found, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	before := m.present()
	defer func() { m.logChanges(before, m.present()) }()
	if err == nil || codeOf(err) == api.CodeNotDetected {
		m.program, m.sensors = program, map[string]Sensor{}
	}
	for id, w := range m.webcams {
		w.gone = true
		m.webcams[id] = w
	}
	for _, f := range cameras {
		if f.webcam != nil {
			m.webcams[f.id] = *f.webcam
		} else {
			m.sensors[f.id] = f.sensor
		}
	}
}

// present lists the ids of cameras that are there; mu is held.
func (m *Manager) present() []string {
	ids := slices.Collect(maps.Keys(m.sensors))
	for id, w := range m.webcams {
		if !w.gone {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

func (m *Manager) logChanges(before, now []string) {
	for _, id := range before {
		if !slices.Contains(now, id) {
			m.cfg.Log.Warn("camera gone", "camera", id)
		}
	}
	for _, id := range now {
		if _, served := m.cfg.Cameras.Get(id); served && !slices.Contains(before, id) {
			m.cfg.Log.Info("camera back", "camera", id)
			select {
			case m.again[id] <- struct{}{}:
			default:
			}
		}
	}
}

// showPresence fails cameras that sleep and could not be started, and lets
// those sleep again that could.
func (m *Manager) showPresence(err error) {
	ffmpeg := findFFmpeg()
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, hub := range m.cfg.Cameras.All() {
		id := hub.Camera().ID
		var p *api.Problem
		if w, isWebcam := m.webcams[id]; isWebcam {
			p = w.problem(ffmpeg)
		} else if _, there := m.sensors[id]; !there {
			missing := notDetected()
			p = &missing
		} else if err != nil {
			continue // nobody knows
		}
		if p != nil {
			hub.FailIdle(*p)
		} else {
			hub.Recover()
		}
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

// codeOf returns the code of a failure, "" for anything else.
func codeOf(err error) api.Code {
	if f, ok := errors.AsType[*failure](err); ok {
		return f.problem.Code
	}
	return ""
}

// provisional is the id of the camera that stands for "none found yet".
const provisional = "camera"

// showNoSensors makes it visible why no camera could be listed; it returns what
// was said last.
func (m *Manager) showNoSensors(err error, said string) string {
	p := api.Problem{Code: api.CodeCrashed, Message: err.Error()}
	if f, ok := errors.AsType[*failure](err); ok {
		p = f.problem
	}
	if len(m.cfg.Cameras.All()) == 0 {
		o := m.cfg.Options(provisional).fitting(image.Point{})
		m.add(provisional, o, o.Framerate)
	}
	if hub, ok := m.cfg.Cameras.Get(provisional); ok {
		hub.SetState(api.Failed, &p)
	}
	if p.Message != said {
		m.cfg.Log.Warn(p.Message, "hint", p.Hint)
	}
	return p.Message
}
