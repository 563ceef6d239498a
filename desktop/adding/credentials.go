package adding

import (
	"context"
	"encoding/json"
	"log/slog"
	"sync"

	"pigrid/desktop/cameras"
	"pigrid/desktop/tasks"
	"pigrid/shared/endpoint"
)

// Secrets keeps texts by name; [pigrid/desktop/secrets.Store] is the real one.
type Secrets interface {
	Set(ctx context.Context, name, secret string) error
	Get(ctx context.Context, name string) (string, error)
	Delete(ctx context.Context, name string) error
}

// Credentials keeps what cameras without an agent want to see. Changes for one camera
// are carried out one after the other, as they were asked for, and nobody waits for
// them: its owner may have to unlock the keychain first.
type Credentials struct {
	secrets Secrets // nil: nothing is kept
	tasks   *tasks.Group
	logger  *slog.Logger

	mu sync.Mutex
	// changing has a channel for each camera whose credentials are being changed, which
	// is closed when the last change so far has ended.
	changing map[string]chan struct{}
}

// NewCredentials returns Credentials that are kept in secrets; with nil they are not.
func NewCredentials(secrets Secrets, group *tasks.Group, logger *slog.Logger) *Credentials {
	return &Credentials{secrets: secrets, tasks: group, logger: logger, changing: map[string]chan struct{}{}}
}

// Get returns the credentials of a camera, nil when they are lost. It may take as long
// as a person takes to unlock the keychain.
func (c *Credentials) Get(key string) *endpoint.Credentials {
	if c.secrets == nil {
		return nil
	}
	secret, err := c.secrets.Get(c.tasks.Context(), key)
	if err != nil {
		c.logger.Warn("the credentials of a camera could not be read", "camera", key, "error", err)
		return nil
	}
	var l endpoint.Credentials
	if json.Unmarshal([]byte(secret), &l) != nil {
		return nil
	}
	return &l
}

// Keep keeps the credentials of a camera; nil changes nothing.
func (c *Credentials) Keep(key string, l *endpoint.Credentials) {
	if l == nil || c.secrets == nil {
		return
	}
	secret, err := json.Marshal(l)
	c.inOrder(key, func() {
		if err == nil {
			err = c.secrets.Set(c.tasks.Context(), key, string(secret))
		}
		if err != nil {
			c.logger.Warn("the credentials of a camera could not be kept", "camera", key, "error", err)
		}
	})
}

// Drop forgets the credentials of a camera; those that have an agent have none.
func (c *Credentials) Drop(key string) {
	if !cameras.IsForeign(key) || c.secrets == nil {
		return
	}
	c.inOrder(key, func() {
		if err := c.secrets.Delete(c.tasks.Context(), key); err != nil {
			c.logger.Warn("the credentials of a camera could not be forgotten", "camera", key, "error", err)
		}
	})
}

func (c *Credentials) inOrder(key string, change func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	before, done := c.changing[key], make(chan struct{})
	c.changing[key] = done
	c.tasks.Go(func() {
		if before != nil {
			<-before
		}
		change()
		c.mu.Lock()
		defer c.mu.Unlock()
		close(done)
		if c.changing[key] == done {
			delete(c.changing, key)
		}
	})
}
