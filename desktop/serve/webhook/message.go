package webhook

import (
	"time"

	"pigrid/desktop/cameras"
	"pigrid/desktop/notify"
)

// maxListed is how many cameras one message lists.
const maxListed = 64

// What happened to a camera.
const (
	gone        = "gone"
	back        = "back"
	cameraError = "camera-error"
)

// Message is what is posted.
type Message struct {
	Title   string   `json:"title"`
	Message string   `json:"message"`
	Event   string   `json:"event"` // of all cameras: gone, back, or camera-error
	Cameras []Camera `json:"cameras"`
	More    int      `json:"more"` // cameras that are not listed
}

// Camera is one to which it happened.
type Camera struct {
	Key    string         `json:"key"`
	Name   string         `json:"name"`
	Event  string         `json:"event"`
	State  cameras.State  `json:"state"`
	Reason cameras.Reason `json:"reason"`
	Why    string         `json:"why"`            // in a sentence, empty of one that is back
	Since  time.Time      `json:"since"`          // since when there were no pictures
	Until  time.Time      `json:"until,omitzero"` // until when, of one that is back
}

func messageOf(n notify.Notice) Message {
	m := Message{Title: n.Title, Message: n.Body, Cameras: []Camera{}}
	for _, e := range n.Events {
		c := Camera{
			Key: e.Key, Name: e.ShownName(), Event: eventOf(e), State: e.State, Reason: e.Reason,
			Since: e.Since.Round(time.Second), Until: e.Until.Round(time.Second),
		}
		if !e.Back {
			c.Why = e.Why()
		}
		switch m.Event {
		case "", c.Event:
			m.Event = c.Event
		default: // some are gone, and the cameras of others fail
			m.Event = gone
		}
		if len(m.Cameras) == maxListed {
			m.More++
			continue
		}
		m.Cameras = append(m.Cameras, c)
	}
	return m
}

func eventOf(e notify.Event) string {
	switch {
	case e.Back:
		return back
	case e.State == cameras.CameraError:
		return cameraError
	default:
		return gone
	}
}
