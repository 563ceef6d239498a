package gridapi

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"pigrid/desktop/adding"
	"pigrid/desktop/engine"
)

const (
	// publishEvery is how often the state is looked at.
	publishEvery = 100 * time.Millisecond
	// numbersEvery is how often changed numbers alone are worth a message.
	numbersEvery = time.Second
)

// publish posts the state whenever it changed, until the Engine stops.
func (s *Server) publish() {
	ticker := time.NewTicker(publishEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			s.board.post(s.State, false)
		case <-s.engine.Tasks.Context().Done():
			return
		}
	}
}

// withoutNumbers leaves out what changes with every frame.
func withoutNumbers(s State) State {
	s.Cameras, s.BytesPerSecond = slices.Clone(s.Cameras), 0
	for i := range s.Cameras {
		c := &s.Cameras[i]
		c.FPS, c.LastFrameAt, c.BytesPerSecond, c.TakenAt, c.ClockAheadMS = 0, 0, 0, 0, 0
	}
	return s
}

// everyPi is what each Raspberry Pi is called until somebody names it.
const everyPi = "raspberrypi"

// State is what the page shows now.
func (s *Server) State() State {
	now := s.engine.Snapshot()
	state := State{
		Version: s.version, Cameras: []Camera{}, Away: append([]string{}, now.Away...), Notice: noticeOf(now), Crowded: now.Crowded, Kiosk: s.kiosk != nil,
		Discovery: Discovery{now.Discovery.Running, append([]string{}, now.Discovery.Interfaces...), now.Discovery.Problem},
		Search:    Search(now.Search), Twins: (*Twins)(now.Twins),
		Access: accessOf(now.Access), Appearance: Appearance(s.engine.Appearance()),
		Layout: string(now.Layout), Views: []View{}, View: now.View,
	}
	for _, v := range now.Views {
		state.Views = append(state.Views, View{v.Name, append([]string{}, v.Cameras...), string(v.Layout)})
	}
	state.Search.Networks = append([]string{}, state.Search.Networks...)
	for _, t := range now.Tiles {
		c := camera(t)
		state.Cameras = append(state.Cameras, c)
		state.BytesPerSecond += c.BytesPerSecond
	}
	shorten(state.Cameras)
	return state
}

// noticeOf is what there is to say about the app itself, mostly empty.
func noticeOf(now engine.Snapshot) string {
	if now.Notice != "" || now.MissingView == "" {
		return now.Notice
	}
	return fmt.Sprintf("There is no view called “%s” on this computer, so all cameras are shown.", now.MissingView)
}

func camera(t engine.Tile) Camera {
	c, f, v := t.Camera, t.Facts, t.Verdict
	shown := Camera{
		Key: c.Key, Name: c.Name, Host: c.Host, URL: c.URL, AgentVersion: c.Version, Added: c.Added,
		State: v.State, Since: millis(v.Since), RetryAt: millis(v.RetryAt), LastFrameAt: millis(f.LastFrame),
		Reason: v.Reason, Status: v.Status, Message: v.Message, Hint: v.Hint, Detail: v.Detail,
		FPS: math.Round(f.FPS*10) / 10, BytesPerSecond: int64(math.Round(f.BytesPerSecond)), Width: c.Width, Height: c.Height,
	}
	shown.Agent, shown.AgentName, shown.Unnamed = c.Agent, c.AgentName, strings.EqualFold(c.AgentName, everyPi)
	shown.Access, shown.Household, shown.Rotation, shown.Mirror = t.Access, t.Household, c.Rotation, c.Mirror
	shown.Hidden, shown.Fill, shown.Notify = t.Hidden, t.Fill, t.Notify
	shown.TakenAt, shown.ClockAheadMS = millis(f.Taken), f.ClockAhead.Milliseconds()
	if c.Warning != nil {
		shown.Warning = strings.TrimSpace(c.Warning.Message + " " + c.Warning.Hint)
	}
	if len(c.Addresses) > 0 {
		shown.Address = c.Addresses[0]
	}
	if f.Width > 0 && f.Height > 0 {
		shown.Width, shown.Height = f.Width, f.Height
	}
	return shown
}

// millis is t for the page.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func resultOf(r adding.Result) AddResult {
	return AddResult{OK: r.OK(), Keys: append([]string{}, r.Keys...), Reason: r.Reason, Address: r.Address, Detail: r.Detail}
}
