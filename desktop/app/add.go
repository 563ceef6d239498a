package app

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"pigrid/desktop/agents"
	"pigrid/desktop/cameras"
	"pigrid/shared/api"
)

const (
	defaultPort = 8080
	addTimeout  = 6 * time.Second
	maxInput    = 300
)

var errAddress = errors.New("type a name or an address, like raspberrypi.local or 192.168.1.20:8080")

// add asks the agent at an address that a person typed.
func (e *Engine) add(input string) AddResult {
	address, err := parseAddress(input)
	if err != nil {
		return AddResult{Keys: []string{}, Reason: cameras.ReasonBadAddress, Detail: err.Error()}
	}
	ctx, cancel := context.WithTimeout(e.ctx, addTimeout)
	defer cancel()
	found, err := e.cfg.Client.Find(ctx, "", []string{address})
	if err != nil {
		failure := agents.FailureOf(err)
		if failure == nil {
			failure = &cameras.Failure{Reason: cameras.ReasonTimeout}
		}
		return AddResult{Keys: []string{}, Reason: failure.Reason, Address: address, Detail: failure.Detail}
	}
	return e.addFound(address, found)
}

// addFound takes in an agent that answered at a typed address.
func (e *Engine) addFound(address string, found agents.Found) AddResult {
	result := AddResult{Keys: []string{}, Address: address}
	switch v := found.Status.API; {
	case v < api.Version:
		result.Reason = cameras.ReasonTooOld
		return result
	case v > api.Version:
		result.Reason = cameras.ReasonTooNew
		return result
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	id := found.Status.ID
	addresses := []string{address, found.Remote.String()}
	e.welcome(id)
	if e.agents[id] == nil && !e.placeForTyped() {
		return full(address)
	}
	e.ensureAgent(id, addresses)
	e.keep(id, addresses)
	for _, c := range e.merge(cameras.Answer{Status: found.Status, Addresses: addresses, Added: true}) {
		result.Keys = append(result.Keys, c.Key)
	}
	if len(result.Keys) == 0 {
		e.drop(id)
		return full(address)
	}
	e.aim(id, found, true)
	result.OK = true
	return result
}

// full is the answer when there is no place for another agent or camera.
func full(address string) AddResult {
	return AddResult{
		Keys: []string{}, Address: address, Reason: cameras.ReasonFull,
		Detail: "PiGrid knows as many cameras as it can. Forget one that is gone, then try again.",
	}
}

// forget removes a camera, and the watch of an agent that has none left. An
// agent that answers does not come back by itself until it was away for a while.
func (e *Engine) forget(key string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, gone := range e.registry.Forget(key) {
		e.dropFeed(gone)
		id, _, _ := cameras.SplitKey(gone)
		a := e.agents[id]
		if a == nil {
			continue
		}
		if a.facts.Failure == nil {
			e.dismissed[gone] = a.heard
		}
		if len(e.registry.Of(id)) == 0 {
			if a.facts.Failure == nil {
				e.dismissed[id] = a.heard
			}
			e.drop(id)
		}
	}
}

// parseAddress reads host, host:port or http://host:port as a person types it
// and returns host:port.
func parseAddress(input string) (string, error) {
	s := strings.TrimSpace(input)
	if len(s) > maxInput {
		return "", errAddress
	}
	if scheme, rest, ok := strings.Cut(s, "://"); ok {
		if !strings.EqualFold(scheme, "http") {
			return "", errAddress
		}
		s = rest
	}
	s = strings.TrimSuffix(s, "/")
	host, port := s, strconv.Itoa(defaultPort)
	if h, p, err := net.SplitHostPort(s); err == nil {
		host, port = h, p
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || n == 0 {
		return "", errAddress
	}
	host, ok := parseHost(host)
	if brackets := strings.HasPrefix(s, "["); !ok || brackets && !strings.Contains(host, ":") {
		return "", errAddress
	}
	return net.JoinHostPort(host, strconv.FormatUint(n, 10)), nil
}

// parseHost checks an IP literal or a host name.
func parseHost(host string) (string, bool) {
	bare := host
	if strings.HasPrefix(bare, "[") && strings.HasSuffix(bare, "]") {
		bare = bare[1 : len(bare)-1]
	}
	if addr, err := netip.ParseAddr(bare); err == nil {
		return addr.Unmap().String(), validZone(addr.Zone())
	}
	name := strings.ToLower(strings.TrimSuffix(host, "."))
	if name == "" || len(name) > 253 {
		return "", false
	}
	allDigits := true
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return "", false
		}
		for _, c := range []byte(label) {
			letter := c >= 'a' && c <= 'z' || c == '-' || c == '_'
			if !letter && (c < '0' || c > '9') {
				return "", false
			}
			allDigits = allDigits && !letter
		}
	}
	return name, !allDigits // 192.168.1 is a mistyped address, not a name
}

// validZone reports whether an IPv6 zone looks like the name of an interface.
func validZone(zone string) bool {
	return len(zone) <= 32 && !strings.ContainsFunc(zone, func(r rune) bool {
		return r <= ' ' || r > '~' || strings.ContainsRune(`%/[]@?#\`, r)
	})
}
