package app

import (
	"context"
	"encoding/json"
	"net/url"

	"pigrid/desktop/agents"
	"pigrid/desktop/cameras"
	"pigrid/desktop/feed"
)

// Secrets keeps credentials; [pigrid/desktop/secrets.Store] is the real one.
type Secrets interface {
	Set(ctx context.Context, name, secret string) error
	Get(ctx context.Context, name string) (string, error)
	Delete(ctx context.Context, name string) error
}

// startForeign dials a remembered camera that has no agent; e.mu is held.
func (e *Engine) startForeign(c cameras.Camera) {
	u, err := url.Parse(c.URL)
	if err != nil {
		return
	}
	f := e.ensureFeed(c)
	e.goDo(func() {
		target := feed.Target{Addr: u.Host, Path: u.RequestURI(), Foreign: true, Asks: c.Asks, Home: c.Network}
		if c.Login {
			target.Login = e.login(c.Key) // may take as long as its owner takes to unlock it
		}
		e.mu.Lock()
		defer e.mu.Unlock()
		if !f.told {
			f.SetTarget(target)
		}
	})
}

// login returns the credentials of a camera, nil when they are lost.
func (e *Engine) login(key string) *agents.Login {
	if e.cfg.Secrets == nil {
		return nil
	}
	secret, err := e.cfg.Secrets.Get(e.ctx, key)
	if err != nil {
		e.cfg.Logger.Warn("what lets this computer in is not there", "camera", key, "error", err)
		return nil
	}
	var l agents.Login
	if json.Unmarshal([]byte(secret), &l) != nil {
		return nil
	}
	return &l
}

// keepLogin keeps credentials; e.mu is held.
func (e *Engine) keepLogin(key string, l *agents.Login) {
	if l == nil || e.cfg.Secrets == nil {
		return
	}
	secret, err := json.Marshal(l)
	e.inOrder(key, func() {
		if err == nil {
			err = e.cfg.Secrets.Set(e.ctx, key, string(secret))
		}
		if err != nil {
			e.cfg.Logger.Warn("what lets this computer in could not be kept", "camera", key, "error", err)
		}
	})
}

// dropSecret forgets what let one in; e.mu is held.
func (e *Engine) dropSecret(key string) {
	if !cameras.IsForeign(key) || e.cfg.Secrets == nil {
		return
	}
	e.inOrder(key, func() {
		if err := e.cfg.Secrets.Delete(e.ctx, key); err != nil {
			e.cfg.Logger.Warn("what let this computer in could not be forgotten", "camera", key, "error", err)
		}
	})
}

// inOrder runs changes to the secret of one camera one after the other, as they
// were asked for; e.mu is held.
func (e *Engine) inOrder(key string, change func()) {
	before, done := e.changing[key], make(chan struct{})
	e.changing[key] = done
	e.goDo(func() {
		if before != nil {
			<-before
		}
		change()
		e.mu.Lock()
		defer e.mu.Unlock()
		close(done)
		if e.changing[key] == done {
			delete(e.changing, key)
		}
	})
}
