package web

import (
	"net/http"
	"sync"
	"time"

	"pigrid/agent/drawing"
	"pigrid/agent/frames"
	"pigrid/shared/api"
	"pigrid/shared/mjpeg"
)

// wantsPlaceholder reports whether a client is to see a drawn picture while the
// camera gives none: browsers, which would show a frozen or a broken one, and
// who asks for it. Recorders and programs get the camera's frames only.
func wantsPlaceholder(r *http.Request) bool {
	switch r.URL.Query().Get("placeholder") {
	case "1":
		return true
	case "0":
		return false
	}
	return fromBrowser(r)
}

// placeholders draws the picture that says why there is none, once per camera
// and reason.
type placeholders struct {
	mu    sync.Mutex
	drawn map[*frames.Hub]placeholder
}

type placeholder struct {
	name string
	why  api.Problem
	part mjpeg.Part
}

// get returns the placeholder of a camera; ok is false while it has no problem.
// name is what the picture calls the camera.
func (p *placeholders) get(hub *frames.Hub, name string) (part mjpeg.Part, ok bool) {
	state, problem := hub.State()
	if problem == nil || state != api.Failed && state != api.Stalled {
		return part, false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if known, ok := p.drawn[hub]; ok && known.why == *problem && known.name == name {
		return known.part, true
	}
	c := hub.Camera()
	jpeg, err := drawing.NoPicture(c.Width, c.Height, name, *problem)
	if err != nil {
		return part, false
	}
	part = mjpeg.NewPart(jpeg, time.Now(), true)
	if p.drawn == nil {
		p.drawn = map[*frames.Hub]placeholder{}
	}
	p.drawn[hub] = placeholder{name, *problem, part}
	return part, true
}
