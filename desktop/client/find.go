package client

import (
	"context"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/shared/endpoint"
)

const (
	stagger       = 150 * time.Millisecond
	statusTimeout = 5 * time.Second
)

// asker asks one address for its status.
type asker func(ctx context.Context, at endpoint.Endpoint) (Found, error)

// Find asks all addresses at which an agent may be, best first and staggered,
// and returns the first answer of the agent with this id; the empty id takes
// any agent. The error is a [cameras.Failure], the most telling one.
func (c *Client) Find(ctx context.Context, id string, at []endpoint.Endpoint) (Found, error) {
	return find(ctx, c.Status, id, at)
}

type answer struct {
	found Found
	err   error
}

func find(ctx context.Context, ask asker, id string, at []endpoint.Endpoint) (Found, error) {
	ctx, cancel := context.WithTimeout(ctx, statusTimeout)
	answers := make(chan answer)
	asked := 0
	defer func() {
		cancel()
		for ; asked > 0; asked-- {
			<-answers
		}
	}()
	worst := &cameras.Failure{Reason: cameras.ReasonUnreachable, Detail: "no address is known"}
	next := time.NewTimer(0)
	for rest := at; len(rest) > 0 || asked > 0; {
		var due <-chan time.Time
		if len(rest) > 0 {
			due = next.C
		}
		select {
		case <-due:
			here := rest[0]
			rest = rest[1:]
			asked++
			next.Reset(stagger)
			go func() { answers <- askOne(ctx, ask, id, here) }()
		case a := <-answers:
			asked--
			if a.err == nil {
				return a.found, nil
			}
			worst = telling(worst, failureOf(a.err))
			next.Reset(0)
		}
	}
	return Found{}, worst
}

func askOne(ctx context.Context, ask asker, id string, at endpoint.Endpoint) answer {
	found, err := ask(ctx, at)
	if err == nil && id != "" && found.Status.ID != id {
		err = &cameras.Failure{Reason: cameras.ReasonUnreachable, Detail: "another agent answers at " + at.Addr}
	}
	return answer{found, err}
}

// telling returns the failure that says more about the agent: an answer says
// more than a refusal, a refusal more than silence.
func telling(a, b *cameras.Failure) *cameras.Failure {
	if weight(b) >= weight(a) {
		return b
	}
	return a
}

func weight(f *cameras.Failure) int {
	switch {
	case f.Status != 0:
		return 5
	case f.Reason == cameras.ReasonChangedKey:
		return 4
	case f.Reason == cameras.ReasonRefused:
		return 3
	case f.Reason == cameras.ReasonTimeout:
		return 2
	default:
		return 1
	}
}
