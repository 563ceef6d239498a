package client

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/shared/api"
	"pigrid/shared/endpoint"
)

// place is how one address behaves: it answers as id, or fails, after a while.
type place struct {
	id    string
	fails cameras.Reason
	after time.Duration
}

// network is a fake of the agents' addresses that notes who was asked when.
type network struct {
	mu     sync.Mutex
	places map[string]place
	asked  []string
	start  time.Time
	at     []time.Duration
}

func (n *network) ask(ctx context.Context, at endpoint.Endpoint) (Found, error) {
	addr := at.Addr
	n.mu.Lock()
	n.asked = append(n.asked, addr)
	n.at = append(n.at, time.Since(n.start))
	p := n.places[addr]
	n.mu.Unlock()
	select {
	case <-time.After(p.after):
	case <-ctx.Done():
		return Found{}, failureOf(ctx.Err())
	}
	if p.fails != "" {
		return Found{}, &cameras.Failure{Reason: p.fails}
	}
	return Found{At: endpoint.HTTP(addr), Status: api.Status{API: api.Version, ID: p.id}}, nil
}

func TestFind(t *testing.T) {
	const ms = time.Millisecond
	tests := []struct {
		name   string
		places map[string]place
		found  string
		reason cameras.Reason
		took   time.Duration
		asked  []string
	}{
		{"the first answers", map[string]place{"a": {id: "me", after: 100 * ms}, "b": {id: "me"}}, "a", "", 100 * ms, []string{"a"}},
		{"the first is slow", map[string]place{"a": {id: "me", after: time.Second}, "b": {id: "me", after: 10 * ms}}, "b", "", 160 * ms, []string{"a", "b"}},
		{"the first is slow, the second fails", map[string]place{"a": {id: "me", after: time.Second}, "b": {fails: "refused"}}, "a", "", time.Second, []string{"a", "b"}},
		{"the first fails at once", map[string]place{"a": {fails: "refused"}, "b": {id: "me"}}, "b", "", 0, []string{"a", "b"}},
		{"somebody else is there now", map[string]place{"a": {id: "other"}, "b": {id: "me"}}, "b", "", 0, []string{"a", "b"}},
		{"only somebody else", map[string]place{"a": {id: "other"}, "b": {id: "other"}}, "", "unreachable", 0, []string{"a", "b"}},
		{"a refusal says more than silence", map[string]place{"a": {fails: "refused"}, "b": {fails: "timeout", after: ms}}, "", "refused", ms, []string{"a", "b"}},
		{"nobody in time", map[string]place{"a": {after: time.Hour}, "b": {after: time.Hour}}, "", "timeout", statusTimeout, []string{"a", "b"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := &network{places: tt.places, start: time.Now()}
				found, err := find(t.Context(), n.ask, "me", endpoint.All([]string{"a", "b"}))
				if took := time.Since(n.start); took != tt.took {
					t.Errorf("took %v, want %v", took, tt.took)
				}
				if found.At.Addr != tt.found || !slices.Equal(n.asked, tt.asked) {
					t.Errorf("found %q having asked %v", found.At.Addr, n.asked)
				}
				if f := FailureOf(err); tt.reason == "" && f != nil || tt.reason != "" && (f == nil || f.Reason != tt.reason) {
					t.Errorf("failure %v, want %q", f, tt.reason)
				}
			})
		})
	}
}

func TestFindWithoutAddress(t *testing.T) {
	_, err := find(t.Context(), nil, "me", nil)
	if f := reasonIn(t, err); f.Reason != cameras.ReasonUnreachable {
		t.Errorf("got %+v", f)
	}
}

func TestFindAnybody(t *testing.T) {
	n := &network{places: map[string]place{"a": {id: "whoever"}}}
	if found, err := find(t.Context(), n.ask, "", endpoint.All([]string{"a"})); err != nil || found.Status.ID != "whoever" {
		t.Errorf("got %+v, %v", found, err)
	}
}
