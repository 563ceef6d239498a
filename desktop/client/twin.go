package client

import (
	"context"
	"slices"
	"time"

	"pigrid/shared/endpoint"
)

// twinTimeout is how long a question about a twin may take.
const twinTimeout = time.Second

// lastPatience is how long an agent has to answer where it answered last before
// another address is believed that answers sooner; lostPatience is the same for one that
// did not answer there the last time, within the three seconds of a dial, whose stream
// from there has failed, or that has shown its public key, which nobody can copy from
// the network.
const (
	lastPatience = 3 * time.Second
	lostPatience = time.Second
)

// twins notices when two agents have one id, because somebody copied the state
// of one. Each tells when it was started, so another time at another address is
// either another agent or the same one started again; asking the first address
// once more decides. It belongs to the goroutine of its Watch.
type twins struct {
	find    func(ctx context.Context, id string, addresses []endpoint.Endpoint) (Found, error)
	id      string
	last    Found    // the last answer, zero before the first
	checked []string // other addresses that were asked for a twin
	twin    string   // where the other one is, "" when there is none
}

// keep returns the answer to believe: where the agent answered last it stays, as
// long as it answers there, whatever another address says. Anybody can copy all that
// an agent says of itself, and answer sooner.
func (t *twins) keep(ctx context.Context, found Found, last string, patience time.Duration) Found {
	if last != "" && found.At.Addr != last {
		if here, ok := t.ask(ctx, last, patience); ok {
			if t.other(here, found) && !t.other(here, t.last) { // else it has restarted meanwhile
				t.twin = found.At.Addr
			}
			found = here
		}
	}
	t.last = found
	return found
}

// look asks one more address that the agent is said to have, and the twin
// whether it is still there.
func (t *twins) look(ctx context.Context, addresses []string) {
	if t.last.Status.Started == "" {
		return
	}
	t.checked = slices.DeleteFunc(t.checked, func(a string) bool { return !slices.Contains(addresses, a) })
	if t.twin != "" {
		if !t.isTwin(ctx, t.twin) {
			t.twin = ""
		}
		return
	}
	for _, a := range addresses {
		if a != t.last.At.Addr && !slices.Contains(t.checked, a) {
			t.checked = append(t.checked, a)
			if t.isTwin(ctx, a) {
				t.twin = a
			}
			return
		}
	}
}

// isTwin reports whether another agent of the same id answers at an address
// while the one we know still does.
func (t *twins) isTwin(ctx context.Context, address string) bool {
	there, ok := t.ask(ctx, address, twinTimeout)
	if !ok || !t.other(t.last, there) {
		return false
	}
	here, ok := t.ask(ctx, t.last.At.Addr, twinTimeout)
	return ok && here.Status.Started == t.last.Status.Started
}

// other reports whether two answers come from two programs.
func (t *twins) other(a, b Found) bool {
	return a.Status.Started != "" && b.Status.Started != "" && a.Status.Started != b.Status.Started
}

func (t *twins) ask(ctx context.Context, address string, patience time.Duration) (Found, bool) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	found, err := t.find(ctx, t.id, endpoint.All([]string{address}))
	return found, err == nil
}
