package frames

import (
	"time"

	"pigrid/shared/api"
)

// SetState says what the camera does now; p is nil unless something is wrong. Only
// whoever captures from the camera calls it. Nobody says that it is live: it is once
// there is a frame, as long as it has neither failed nor stalled.
func (h *Hub) SetState(s api.State, p *api.Problem) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.state, h.problem = s, p
}

// SetMode says how the sensor is read; m is nil while that is not known.
func (h *Hub) SetMode(m *api.Mode) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.mode = m
}

// SetWarning says what is not as asked although pictures come; nil for nothing.
func (h *Hub) SetWarning(p *api.Problem) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.warning = p
}

// CountRestart notes that the capture was started again after it failed.
func (h *Hub) CountRestart() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.restarts++
}

// State returns what the camera does now and what is wrong, if anything.
func (h *Hub) State() (api.State, *api.Problem) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.doing()
}

// doing is State; mu is held.
func (h *Hub) doing() (api.State, *api.Problem) {
	if !h.newest.Load().empty() && (h.state == api.Idle || h.state == api.Starting) {
		return api.Live, nil
	}
	return h.state, h.problem
}

// Status describes the camera as the API does, without its paths.
func (h *Hub) Status(now time.Time) api.Camera {
	h.mu.Lock()
	defer h.mu.Unlock()
	f := h.newest.Load()
	state, problem := h.doing()
	c := api.Camera{
		ID: h.camera.ID, Name: h.camera.Name,
		State: state, Error: problem, Warning: h.warning,
		Width: h.camera.Width, Height: h.camera.Height, Framerate: h.camera.Framerate,
		FPS: h.rate.perSecond(now), Viewers: h.viewers,
		Frames: f.Seq, Skipped: h.skipped.Load(), Restarts: h.restarts, Mode: h.mode,
	}
	if f.empty() {
		return c
	}
	age := max(0, now.Sub(f.At).Milliseconds())
	c.FrameAgeMS = &age
	if f.Width > 0 && f.Height > 0 {
		c.Width, c.Height = f.Width, f.Height
	}
	c.Scaled = h.scaling.status(c.Width, c.Height)
	return c
}
