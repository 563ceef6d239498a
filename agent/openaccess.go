package main

import (
	"log/slog"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"time"

	"pigrid/agent/access"
	"pigrid/agent/control"
	"pigrid/agent/facts"
	"pigrid/agent/identity"
	"pigrid/shared/api"
	"pigrid/shared/dnssd"
)

// openFiles are files that somebody who holds the card puts on its boot partition,
// so that an agent whose key is lost is open: on Bookworm and later, and before.
var openFiles = []string{"/boot/firmware/pigrid-open", "/boot/pigrid-open"}

// openAccess reads who may watch and change this agent, and what its owner says of
// it.
func openAccess(who identified, log *slog.Logger) (*access.Access, *facts.Facts, error) {
	said, err := facts.Open(who.stateDir)
	if err != nil {
		log.Warn(err.Error())
	}
	guard, err := access.Open(access.Config{
		Dir: who.stateDir, ID: who.ID, Board: identity.BoardID(os.DirFS("/")), Log: log, Uptime: uptime(), Held: func() bool { return anyThere(openFiles) },
		Hosts: []string{who.Host + ".local", dnssd.TargetHost(who.ID) + ".local"}, Addresses: ownAddresses,
	})
	return guard, said, err
}

// ownAddresses are those that this machine has now.
func ownAddresses() []netip.Addr {
	var list []netip.Addr
	all, _ := net.InterfaceAddrs() // without them the certificate has names only
	for _, a := range all {
		if p, err := netip.ParsePrefix(a.String()); err == nil {
			list = append(list, p.Addr())
		}
	}
	return list
}

// anyThere reports whether one of the files exists.
func anyThere(paths []string) bool {
	for _, p := range paths {
		if _, err := os.Stat(p); err == nil {
			return true
		}
	}
	return false
}

// uptime is how long the machine runs (proc_uptime(5)), a long time where that
// cannot be read: then nobody has just plugged it in.
func uptime() time.Duration {
	const unknown = 1000 * time.Hour
	data, err := os.ReadFile("/proc/uptime")
	if err != nil {
		return unknown
	}
	first, _, _ := strings.Cut(string(data), " ")
	seconds, err := strconv.ParseFloat(first, 64)
	if err != nil || seconds < 0 {
		return unknown
	}
	return time.Duration(min(seconds, unknown.Seconds()) * float64(time.Second))
}

// saying returns what mDNS announces beside what does not change.
func saying(guard *access.Access, said *facts.Facts) func() (name string, a api.Access) {
	return func() (string, api.Access) { return said.Name(""), guard.State() }
}

// accessCommand returns what answers `pigrid-agent access …` in the agent that runs.
func accessCommand(guard *access.Access) func(string) control.Answer {
	return func(command string) (answer control.Answer) {
		switch command {
		case control.AccessClaim:
			answer.Refusal = guard.AllowClaim()
		case control.AccessReset:
			answer.Refusal = guard.Release()
		}
		guard.Hello(&answer.Hello)
		for _, p := range guard.Passwords().Passwords {
			answer.Passwords = append(answer.Passwords, api.ViewPassword{Name: p.Name, Until: p.Until})
		}
		return answer
	}
}
