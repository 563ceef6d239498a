// Package announce tells the local network by mDNS that an agent is here, and
// keeps telling the truth while interfaces, addresses and the host name change.
//
// zeroconf answers for the interfaces it was given when it registered and never
// looks again, so a change means: say goodbye, register again. A machine without
// any network announces itself on its loopback interface, where only programs
// on the same machine hear it; so agent and app find each other on a laptop in
// a train, and tests do in a bare network namespace
// (unshare -n sh -c 'ip link set lo up; ...').
package announce

import (
	"context"
	"errors"
	"log/slog"
	"net/netip"
	"os"
	"strings"
	"sync"
	"time"

	"pigrid/shared/api"
	"pigrid/shared/dnssd"
)

// Config says what to announce and where.
type Config struct {
	Logger  *slog.Logger // one line whenever the announced interfaces change
	ID      string       // UUID of the agent
	Name    string       // for people; empty: the host name
	Version string       // of the program
	// Says is the name that the owner gave, empty for Name, and who may watch; nil for
	// none and open.
	Says func() (name string, access api.Access)
	Port uint16 // the TCP port really listened on

	// At is the address listened on. A single one is told alone, and only where it
	// can be reached; zero or unspecified means all that the machine has.
	At netip.Addr

	// Interface is the only one to announce on; empty means all that other
	// machines can be behind. Beside avahi, Linux hands zeroconf the questions of
	// the other interfaces too, and it answers them there: this steers, it does
	// not hide.
	Interface string
}

// Announcer keeps one agent announced while its Run runs.
type Announcer struct {
	cfg      Config
	links    func() ([]dnssd.Link, error)
	hostname func() (string, error)
	register registerFunc
	resolve  func(s scene, host string) (registration, error)

	now     scene          // what is announced
	next    scene          // what will be, once it has stood still
	nextAt  time.Time      // when next was first seen
	calm    time.Time      // when nothing had changed for long enough to look less often
	active  []registration // open registrations, none while nothing is announced
	blind   trouble        // reading the interfaces fails
	trouble trouble        // registering fails

	mu        sync.Mutex
	announced []api.Announced
}

// New makes an Announcer that does nothing until Run is called.
func New(c Config) *Announcer {
	return &Announcer{cfg: c, links: dnssd.Links, hostname: os.Hostname, register: zeroconfRegister, resolve: resolve}
}

// Announced lists the interfaces that the agent is announced on at the moment,
// with the addresses that are told there; none while there is no network or
// mDNS fails. Nobody changes the list or what is in it.
func (a *Announcer) Announced() []api.Announced {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.announced
}

// Run announces until ctx ends, says goodbye and returns. Whatever happens to
// the network is retried; an error means that the Config cannot work.
func (a *Announcer) Run(ctx context.Context) error {
	if a.cfg.Logger == nil || a.cfg.ID == "" || a.cfg.Port == 0 {
		return errors.New("announce: Logger, ID and Port are needed")
	}
	defer a.withdraw()
	look := time.NewTimer(0)
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-look.C:
			look.Reset(a.step(time.Now()))
		}
	}
}

// announce registers s again and returns when to look again.
func (a *Announcer) announce(s scene) (again time.Duration) {
	a.withdraw()
	a.now = s
	if len(s.links) == 0 {
		a.cfg.Logger.Warn("not announced: no network interface to do it on", "interface", a.cfg.Interface, "listening_on", a.cfg.At)
		return hastyPeriod
	}
	for _, svc := range a.services(s) {
		r, err := a.register(svc)
		if err != nil {
			a.withdraw()
			a.now = scene{} // differs from any scene with links, so that the next step tries again
			return a.trouble.delay(a.cfg.Logger, err)
		}
		a.active = append(a.active, r)
	}
	if !s.loopback() {
		if r, err := a.resolve(s, dnssd.TargetHost(a.cfg.ID)); err == nil {
			a.active = append(a.active, r)
		} else { // the app does not need it
			a.cfg.Logger.Debug("the agent's own name is not resolved for others", "error", err)
		}
	}
	a.trouble = trouble{}
	a.publish(s.announced())
	a.cfg.Logger.Info("announced", "interfaces", s.String(), "instance", dnssd.InstanceName(s.host, a.cfg.ID),
		"port", a.cfg.Port, "this_machine_only", s.loopback())
	return hastyPeriod
}

// services is what to register: the agent for the app, and a web page for
// everything else that lists those.
func (a *Announcer) services(s scene) []service {
	info := dnssd.Info{
		ID:      a.cfg.ID,
		Name:    a.cfg.Name,
		Host:    dnssd.Label(s.host) + ".local",
		Path:    "/video",
		API:     strings.TrimSuffix(api.StatusPath, "/status"),
		Version: a.cfg.Version,
		Access:  string(s.access),
	}
	if s.name != "" {
		info.Name = s.name
	}
	if info.Name == "" {
		info.Name = dnssd.Label(s.host)
	}
	base := service{
		instance: dnssd.InstanceName(s.host, a.cfg.ID),
		host:     dnssd.TargetHost(a.cfg.ID),
		port:     int(a.cfg.Port),
	}
	for _, l := range s.links {
		base.on = append(base.on, l.Interface)
	}
	if s.loopback() || single(s.at) { // zeroconf leaves loopback addresses out unless they are given
		base.ips = told(s.links[0], s.at)
	}
	agent, page := base, base
	agent.kind, agent.txt = dnssd.Service, info.TXT()
	page.kind, page.txt = "_http._tcp", []string{"path=/"}
	return []service{agent, page}
}

// withdraw says goodbye for everything that is registered.
func (a *Announcer) withdraw() {
	for _, r := range a.active {
		r.Shutdown()
	}
	a.active = nil
	a.publish(nil)
}

func (a *Announcer) publish(on []api.Announced) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.announced = on
}
