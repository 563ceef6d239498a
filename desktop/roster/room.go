package roster

import (
	"cmp"
	"net"
	"slices"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/shared/api"
)

// unknown counts the cameras of an agent's list that are new.
func (r *registry) unknown(agent string, listed []api.Camera) int {
	n := 0
	for _, l := range listed {
		if _, known := r.byKey[cameras.Key(agent, l.ID)]; !known {
			n++
		}
	}
	return n
}

// trim removes n of an agent's cameras that it does not list: those that nobody
// added first, and of these the ones that have been missing the longest. It returns
// their keys.
func (r *registry) trim(agent string, listed []api.Camera, n int) []string {
	if n <= 0 {
		return nil
	}
	stays := map[string]bool{}
	for _, l := range listed {
		stays[cameras.Key(agent, l.ID)] = true
	}
	missing := slices.DeleteFunc(r.of(agent), func(c cameras.Camera) bool { return stays[c.Key] })
	return r.remove(missing, n)
}

// replace removes n found cameras of other agents that have been away for
// [cameras.LongMissing], those that have been so the longest first. It returns their keys.
func (r *registry) replace(agent string, n int) []string {
	if n <= 0 {
		return nil
	}
	var away []cameras.Camera
	for _, c := range r.byKey {
		if c.Agent != agent && !c.Added && time.Since(r.lastSeen(c)) >= cameras.LongMissing {
			away = append(away, c)
		}
	}
	return r.remove(away, n)
}

// share removes up to n found cameras that answer at the address with most of them,
// as long as that has more than the one of a also afterwards: who invents agents has
// few addresses, and a Pi one of its own. It returns their keys.
func (r *registry) share(a Answer, n int) (gone []string) {
	at := map[string][]cameras.Camera{}
	if n > 0 {
		for _, c := range r.byKey {
			if host := firstHost(c.Addresses); !c.Added && host != "" {
				at[host] = append(at[host], c)
			}
		}
	}
	for has := len(at[firstHost(a.Addresses)]) + 1; n > 0; n-- {
		most := ""
		for host, list := range at {
			if len(list) > len(at[most]) {
				most = host
			}
		}
		if len(at[most]) <= has {
			break
		}
		gone = append(gone, r.remove(at[most], 1)...)
		at[most] = at[most][1:]
		has++
	}
	return gone
}

// firstHost is the host of the address that answered, "" when there is none.
func firstHost(addresses []string) string {
	if len(addresses) == 0 {
		return ""
	}
	return hostOf(addresses[0])
}

// hostOf is the host of host:port, "" when it is not one.
func hostOf(address string) string {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return ""
	}
	return host
}

// lastSeen is when a camera was there, or could have been, the last time.
func (r *registry) lastSeen(c cameras.Camera) time.Time {
	if c.Seen.IsZero() {
		return r.begun
	}
	return c.Seen
}

// remove removes n of these cameras: those that nobody added first, then by when
// they were seen last. It returns their keys.
func (r *registry) remove(from []cameras.Camera, n int) []string {
	slices.SortFunc(from, func(a, b cameras.Camera) int {
		if a.Added != b.Added {
			if b.Added {
				return -1
			}
			return 1
		}
		return cmp.Or(r.lastSeen(a).Compare(r.lastSeen(b)), cmp.Compare(a.Key, b.Key))
	})
	var gone []string
	for _, c := range from[:min(n, len(from))] {
		gone = append(gone, c.Key)
		delete(r.byKey, c.Key)
	}
	return gone
}
