package main

import (
	"context"
	"log/slog"
	"sync"

	"pigrid/agent/control"
)

// problems remembers the last warning of a log, for pigrid-agent status.
type problems struct {
	mu   sync.Mutex
	last *control.Problem
}

// Last returns it, nil when nothing went wrong.
func (p *problems) Last() *control.Problem {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.last
}

// remembering passes a log on and shows its warnings to problems.
type remembering struct {
	slog.Handler
	to *problems
}

// Enabled implements [slog.Handler]: warnings are remembered at any log level.
func (h remembering) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn || h.Handler.Enabled(ctx, level)
}

// Handle implements [slog.Handler].
func (h remembering) Handle(ctx context.Context, r slog.Record) error {
	if r.Level >= slog.LevelWarn {
		problem := &control.Problem{At: r.Time, Message: r.Message}
		r.Attrs(func(a slog.Attr) bool {
			if a.Key == "hint" {
				problem.Hint = a.Value.String()
			}
			return true
		})
		h.to.mu.Lock()
		h.to.last = problem
		h.to.mu.Unlock()
	}
	if !h.Handler.Enabled(ctx, r.Level) {
		return nil
	}
	return h.Handler.Handle(ctx, r)
}

// WithAttrs implements [slog.Handler].
func (h remembering) WithAttrs(attrs []slog.Attr) slog.Handler {
	return remembering{h.Handler.WithAttrs(attrs), h.to}
}

// WithGroup implements [slog.Handler].
func (h remembering) WithGroup(name string) slog.Handler {
	return remembering{h.Handler.WithGroup(name), h.to}
}
