// Package access decides who may watch this agent and who may change it. It keeps
// the agent's key pair, the key and the view passwords that its owner gave it, and
// the minutes in which it can be claimed.
package access

import (
	"context"
	"crypto/ecdsa"
	"log/slog"
	"net/netip"
	"sync"
	"time"

	"pigrid/shared/api"
	"pigrid/shared/household"
	"pigrid/shared/tries"
)

// Config is what an Access needs to know. ID and Log are required.
type Config struct {
	Dir    string           // the state folder; empty for none
	ID     string           // the agent's UUID
	Board  string           // what tells this board from others, empty where nothing does
	Hosts  []string         // names for the certificate; clients of PiGrid ignore them
	Log    *slog.Logger     // never gets a secret
	Uptime time.Duration    // of the machine, when the program started
	Held   func() bool      // reports whether a file on the card keeps the agent open; nil for no
	Lasts  func() bool      // reports whether Dir survives a restart; nil for yes
	Now    func() time.Time // the wall clock; nil for the real one
	// Addresses returns those that the machine has now, for the certificate; nil for none.
	Addresses func() []netip.Addr
}

// claimTime is how long an agent can be claimed after it was switched on.
const claimTime = 15 * time.Minute

// lookEvery is how often the file on the card and the ends of passwords are looked
// at.
const lookEvery = 10 * time.Second

// Access is who may watch and change one agent. It is safe for concurrent use.
type Access struct {
	cfg     Config
	key     *ecdsa.PrivateKey
	cert    *certificate
	spki    household.Hash
	lasting bool // what is kept survives a restart
	tries   tries.Tries

	// changing is held while something is decided and stored, which a bad card may make
	// long; mu only while fields are read or set.
	changing   sync.Mutex
	mu         sync.Mutex
	owner      *owner       // nil for none
	problem    *api.Problem // what is wrong with what was kept
	unreadable bool         // nobody can say who the owner is, so nobody passes
	claimUntil time.Time    // monotonic
	held       bool
	valid      context.Context // ends when who may watch changes
	ends       context.CancelFunc
}

// Open reads what the state folder keeps, and makes the agent's key pair the first
// time. Its error is a sentence that says what to do: a key that is there but may
// not be read.
func Open(cfg Config) (*Access, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Lasts == nil {
		cfg.Lasts = func() bool { return Lasting(cfg.Dir) }
	}
	a := &Access{cfg: cfg, lasting: cfg.Dir != "" && cfg.Lasts()}
	fresh, err := a.loadKey()
	if err != nil {
		return nil, err
	}
	if a.cert, err = newCertificate(a.key, cfg.Hosts, cfg.Addresses); err != nil {
		return nil, err
	}
	a.spki = a.cert.spki
	a.loadOwner()
	if fresh || cfg.Uptime < claimTime {
		a.claimUntil = time.Now().Add(claimTime)
	}
	a.hold(cfg.Held != nil && cfg.Held())
	a.valid, a.ends = context.WithCancel(context.Background())
	return a, nil
}

// hold notes whether the file on the card is there. It needs mu, but at the start.
func (a *Access) hold(held bool) {
	if held != a.held {
		a.held = held
		if held {
			a.cfg.Log.Warn("a file pigrid-open lies on the card: while it does, everybody on the network can watch, and nobody can lock the agent")
		} else {
			a.cfg.Log.Info("the file pigrid-open is gone from the card", "access", a.state())
		}
	}
}

// SPKI is what the agent is known by: the SHA-256 of the public key in its
// certificate.
func (a *Access) SPKI() household.Hash { return a.spki }

// State says who may watch now.
func (a *Access) State() api.Access {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.state()
}

// state needs mu.
func (a *Access) state() api.Access {
	if !a.held && (a.owner != nil || a.unreadable) {
		return api.Locked
	}
	return api.Open
}

// Valid ends when who may watch changes. Whoever lets somebody watch takes it
// before it asks, and ends what it has let in when it ends.
func (a *Access) Valid() context.Context {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.valid
}

// change ends what was valid. It needs mu.
func (a *Access) change() {
	a.ends()
	a.valid, a.ends = context.WithCancel(context.Background())
}

// Hello fills in what access says to everybody.
func (a *Access) Hello(h *api.Hello) {
	a.mu.Lock()
	defer a.mu.Unlock()
	h.Access, h.SPKI = a.state(), a.spki
	problem := a.problem
	switch refusal := a.mayClaim(); {
	case refusal == nil:
		h.ClaimSeconds = max(1, int(time.Until(a.claimUntil).Seconds()))
	case a.held, a.owner == nil && problem == nil:
		problem = &api.Problem{Code: refusal.Code, Message: refusal.Detail, Hint: refusal.Hint}
	}
	h.Problem = problem
}

// Run looks after what changes with time, until ctx ends.
func (a *Access) Run(ctx context.Context) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	last := a.cfg.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		held, now := a.cfg.Held != nil && a.cfg.Held(), a.cfg.Now()
		a.mu.Lock()
		if held != a.held || a.owner != nil && a.owner.endsBetween(last, now) {
			a.hold(held)
			a.change()
		}
		owed := a.problem != nil && a.problem.Code == api.CodeNotKept
		a.mu.Unlock()
		last = now
		if owed {
			a.keepKey()
		}
	}
}
