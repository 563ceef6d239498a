package engine

import (
	"pigrid/desktop/cameras"
	"pigrid/desktop/feed"
	"pigrid/desktop/roster"
	"pigrid/shared/api"
)

// changed lets the streams follow what the Roster says of an agent's cameras. What the
// Roster says by now counts: changes may arrive here in another order.
func (e *Engine) changed(c roster.Change) {
	e.applying.Lock()
	defer e.applying.Unlock()
	list := e.Roster.Of(c.Agent)
	e.dropStreams(c)
	if e.Keeper.Stranger(c.Agent) {
		return
	}
	for _, camera := range list {
		e.Streams.Ensure(camera)
	}
	for _, key := range c.Mended {
		if f := e.Streams.Get(key); f != nil {
			f.Retry()
		}
	}
	found := e.Roster.Found(c.Agent)
	if found == nil || found.Status.API != api.Version {
		return
	}
	if found.Denied.Denies() {
		for _, camera := range list {
			if f := e.Streams.Get(camera.Key); f != nil {
				f.SetTarget(feed.Target{})
			}
		}
		return
	}
	at := found.At
	at.Addr = found.Remote.String()
	if !e.Keeper.Allows(c.Agent, at) { // it was locked since
		e.again(c.Agent)
		return
	}
	for _, camera := range list {
		f := e.Streams.Get(camera.Key)
		if f == nil || camera.Video == "" || camera.Missing {
			continue
		}
		f.SetTarget(feed.Target{
			Endpoint: at, Path: camera.Video, Rate: camera.Framerate, Width: camera.Width, Height: camera.Height,
		})
		if c.Back {
			f.Retry()
		}
	}
}

// dropStreams ends the streams of cameras that the Roster does not know any more: those
// of the agent, and those that are gone.
func (e *Engine) dropStreams(c roster.Change) {
	for key := range e.Streams.All() {
		if agent, _, _ := cameras.SplitKey(key); agent == c.Agent {
			c.Gone = append(c.Gone, key)
		}
	}
	for _, key := range c.Gone {
		if _, known := e.Roster.Get(key); !known {
			e.Streams.Drop(key)
		}
	}
}
