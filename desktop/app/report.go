package app

import (
	"math"
	"slices"
	"strings"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/shared/api"
)

const (
	reportEvery = 100 * time.Millisecond
	// numbersEvery is how often changed numbers alone are worth a message.
	numbersEvery = time.Second
)

// publish posts the state whenever it changed, until Stop.
func (e *Engine) publish() {
	ticker := time.NewTicker(reportEvery)
	defer ticker.Stop()
	last := e.discovery()
	before := e.clock()
	for {
		select {
		case <-ticker.C:
		case <-e.ctx.Done():
			return
		}
		now, clock := time.Now(), e.clock()
		found := e.discovery()
		if slept(before, clock) || moved(last, found) {
			e.cfg.Logger.Info("the network changed or the machine slept: dialling everything again")
			e.wake()
		}
		before, last = clock, found
		e.scout(now)
		e.board.post(e.State)
	}
}

// withoutNumbers leaves out what changes with every frame.
func withoutNumbers(s State) State {
	s.Cameras, s.BytesPerSecond = slices.Clone(s.Cameras), 0
	for i := range s.Cameras {
		s.Cameras[i].FPS, s.Cameras[i].LastFrameAt, s.Cameras[i].BytesPerSecond = 0, 0, 0
	}
	return s
}

// slept reports whether the machine was suspended between two ticks: the wall
// clock went on while the monotonic clock stood, or both leapt.
func slept(before, now time.Time) bool {
	wall := now.Round(0).Sub(before.Round(0))
	return wall-now.Sub(before) > 5*time.Second || now.Sub(before) > 10*time.Second
}

// moved reports whether the machine is on other networks than before.
func moved(before, now Discovery) bool {
	return len(before.Interfaces) > 0 && len(now.Interfaces) > 0 && !slices.Equal(before.Interfaces, now.Interfaces)
}

// State puts together what the page shows.
func (e *Engine) State() State {
	s := State{Version: e.cfg.Version, Cameras: []Camera{}, Away: []string{}, Discovery: e.discovery()}
	e.mu.Lock()
	defer e.mu.Unlock()
	now := time.Now()
	s.Notice, s.Search = e.notice(now), e.searchState()
	known := e.registry.List()
	for _, c := range known {
		facts := e.factsOf(c)
		shown := tile(c, facts, cameras.Next(facts, now))
		s.Cameras = append(s.Cameras, shown)
		s.BytesPerSecond += shown.BytesPerSecond
	}
	shorten(s.Cameras)
	s.Away = append(s.Away, awayFrom(known, s.Cameras, s.Discovery.Interfaces)...)
	return s
}

func (e *Engine) discovery() Discovery {
	if e.search == nil {
		return Discovery{Interfaces: []string{}}
	}
	running, interfaces, problem := e.search.Status()
	return Discovery{Running: running, Interfaces: append([]string{}, interfaces...), Problem: problem}
}

// factsOf gathers what is known about one camera; e.mu is held.
func (e *Engine) factsOf(c cameras.Camera) cameras.Facts {
	var facts cameras.Facts
	if f := e.feeds[c.Key]; f != nil {
		facts.Stream = f.Facts()
	} else if c.URL != "" { // it is being tried with another password
		facts.Stream = cameras.Stream{Wanted: true, Phase: cameras.Dialling}
	}
	if a := e.agents[c.Agent]; a != nil {
		facts.Agent = a.facts
		facts.Agent.CameraSince = a.states[c.Key].at
	}
	facts.Agent.Camera, facts.Agent.Problem, facts.Agent.Missing = c.State, c.Problem, c.Missing
	if a := e.agents[c.Agent]; a != nil && a.starting {
		facts.Agent.Camera, facts.Agent.Problem, facts.Agent.Missing = api.Starting, nil, false
	}
	return facts
}

func tile(c cameras.Camera, f cameras.Facts, v cameras.Verdict) Camera {
	t := Camera{
		Key: c.Key, Name: c.Name, Host: c.Host, URL: c.URL, AgentVersion: c.Version, Added: c.Added,
		State: v.State, Since: millis(v.Since), RetryAt: millis(v.RetryAt), LastFrameAt: millis(f.LastFrame),
		Reason: v.Reason, Status: v.Status, Message: v.Message, Hint: v.Hint, Detail: v.Detail,
		FPS: math.Round(f.FPS*10) / 10, BytesPerSecond: int64(math.Round(f.BytesPerSecond)), Width: c.Width, Height: c.Height,
	}
	if c.Warning != nil {
		t.Warning = strings.TrimSpace(c.Warning.Message + " " + c.Warning.Hint)
	}
	if len(c.Addresses) > 0 {
		t.Address = c.Addresses[0]
	}
	if f.Width > 0 && f.Height > 0 {
		t.Width, t.Height = f.Width, f.Height
	}
	return t
}

// millis is t for the page.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}
