package dnssd

import (
	"cmp"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"pigrid/shared/lan"
)

// Limits of one answer.
const (
	maxAnswerAddrs = 64 // looked at
	maxAddrs       = 8  // kept
)

// ErrAnswer is wrapped by the errors of [Answer.Sighting] about names, ports
// and addresses.
var ErrAnswer = errors.New("unusable mDNS answer")

// Answer is one service instance as it came off the network, with nothing
// checked: any machine in reach may have written it.
type Answer struct {
	Instance string // escaped as in a zone file
	Port     int
	Text     []string // TXT strings, escaped as in a zone file
	Addrs    []netip.Addr
}

// Vantage is where an answer was heard; it decides which addresses are believed.
type Vantage struct {
	Own      []netip.Prefix // networks this machine is directly on
	Zone     string         // the interface all answers came through, "" when there are several
	Loopback bool           // heard on the loopback interface, so it comes from this machine
}

// Sighting says that an agent was heard of: "seen", not "online".
type Sighting struct {
	Instance string // service instance, without type and domain
	Info
	Port  uint16
	Addrs []netip.Addr // 1 to 8, no duplicates, best first: IPv4 before IPv6, own networks before others; fe80 has its zone
	At    time.Time    // when the answer was heard
}

// Sighting checks an answer heard at the given time. Addresses that are not
// local as seen from v are dropped; the error, which wraps [ErrTXT] or
// [ErrAnswer], says why nothing usable is left.
func (a Answer) Sighting(v Vantage, at time.Time) (Sighting, error) {
	instance := unescape(a.Instance)
	if instance == "" || len(instance) > maxLabel || clean(instance) != instance {
		return Sighting{}, fmt.Errorf("%w: instance %.80q", ErrAnswer, a.Instance)
	}
	if a.Port < 1 || a.Port > 65535 {
		return Sighting{}, fmt.Errorf("%w: port %d", ErrAnswer, a.Port)
	}
	info, err := ParseTXT(a.Text)
	if err != nil {
		return Sighting{}, err
	}
	if info.Name == "" {
		info.Name = instance
	}
	addrs := v.believe(a.Addrs)
	if len(addrs) == 0 {
		return Sighting{}, fmt.Errorf("%w: no local address among %d", ErrAnswer, len(a.Addrs))
	}
	return Sighting{Instance: instance, Info: info, Port: uint16(a.Port), Addrs: addrs, At: at}, nil
}

// believe keeps the addresses that can be dialled on the word of a packet, in
// the order to try them.
func (v Vantage) believe(addrs []netip.Addr) []netip.Addr {
	var kept []netip.Addr
	for _, a := range addrs[:min(len(addrs), maxAnswerAddrs)] {
		if a, ok := v.usable(a); ok && !slices.Contains(kept, a) {
			kept = append(kept, a)
		}
	}
	slices.SortStableFunc(kept, func(a, b netip.Addr) int { return cmp.Compare(v.rank(a), v.rank(b)) })
	return kept[:min(len(kept), maxAddrs)]
}

// usable normalises one address and says whether it may be dialled. Loopback
// would make the app talk to its own machine in the name of another, so it
// counts only when it was heard on the loopback interface. IPv6 link-local is
// worthless without the interface it belongs to.
func (v Vantage) usable(a netip.Addr) (netip.Addr, bool) {
	a = a.Unmap().WithZone("")
	switch {
	case a.IsLoopback():
		return a, v.Loopback
	case a.Is6() && a.IsLinkLocalUnicast():
		return a.WithZone(v.Zone), v.Zone != ""
	}
	return a, lan.Local(a, v.Own)
}

func (v Vantage) rank(a netip.Addr) int {
	own := slices.ContainsFunc(v.Own, func(p netip.Prefix) bool { return p.Contains(a.WithZone("")) })
	switch {
	case a.Is4() && own:
		return 0
	case a.Is4():
		return 1
	case a.IsLinkLocalUnicast():
		return 4
	case own:
		return 2
	}
	return 3
}
