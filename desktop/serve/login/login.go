// Package login says which browsers and programs may watch: those that send a view
// password of this program, or the cookie that a browser got for it.
package login

import (
	"context"
	"crypto/rand"
	"net/netip"
	"strings"
	"sync"
	"time"

	"pigrid/shared/api"
	"pigrid/shared/household"
	"pigrid/shared/tries"
)

const (
	// FirstName is what the view password is called that is made at the first start.
	FirstName = "household"
	// MaxPasswords is how many there may be.
	MaxPasswords = api.MaxPasswords
	// endsEvery is how often it is looked which passwords have ended.
	endsEvery = 5 * time.Second
)

// Gate knows the view passwords. It is safe for concurrent use.
type Gate struct {
	dir   string             // where they are kept
	key   household.AgentKey // of cookies
	tries tries.Tries
	now   func() time.Time

	changing sync.Mutex // one change at a time, until it is kept
	mu       sync.Mutex
	passes   []*Pass
}

// Pass is a view password: who sent it is let in until it ends.
type Pass struct {
	Name  string
	Until time.Time // zero for never

	password household.ViewPassword
	ctx      context.Context // ends when it does not count any more
	end      context.CancelFunc
}

func newPass(name string, until time.Time, password household.ViewPassword) *Pass {
	ctx, end := context.WithCancel(context.Background())
	return &Pass{Name: name, Until: until, password: password, ctx: ctx, end: end}
}

// Reveal returns the password as people write it.
func (p *Pass) Reveal() string { return p.password.Reveal() }

// Within returns a context that ends with ctx and when the password does not count any
// more. What it also returns frees it.
func (p *Pass) Within(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(p.ctx, cancel)
	return ctx, func() { stop(); cancel() }
}

// Lasts reports whether the password has not ended. One with an end does not count while
// the clock is plainly wrong.
func (p *Pass) Lasts(now time.Time) bool {
	until := ""
	if !p.Until.IsZero() {
		until = p.Until.UTC().Format(time.RFC3339)
	}
	return api.ViewPassword{Until: until}.Lasts(now)
}

// Passes returns all view passwords, the first one first; also those that have ended.
func (g *Gate) Passes() []*Pass {
	g.mu.Lock()
	defer g.mu.Unlock()
	return append([]*Pass(nil), g.passes...)
}

// Find returns the password of a name, nil when there is none.
func (g *Gate) Find(name string) *Pass {
	for _, p := range g.Passes() {
		if strings.EqualFold(p.Name, name) {
			return p
		}
	}
	return nil
}

// View returns which password somebody typed, nil when it lets nobody in.
func (g *Gate) View(typed string) (found *Pass) {
	v, err := household.ParseViewPassword(typed)
	if err != nil {
		return nil
	}
	now := g.now()
	for _, p := range g.Passes() { // all, so that the time says nothing
		if p.password.Hash().Equal(v.Hash()) && p.Lasts(now) {
			found = p
		}
	}
	return found
}

// NewCookie is what a browser keeps from now on that sent this password.
func (g *Gate) NewCookie(p *Pass) string {
	return g.key.NewCookie(p.password.Hash(), household.CookieEnd(g.now()))
}

// Cookie returns for which password a browser has this cookie, nil when it may not watch.
func (g *Gate) Cookie(value string) (found *Pass) {
	now := g.now()
	for _, p := range g.Passes() {
		if g.key.Signed(value, p.password.Hash(), now) && p.Lasts(now) {
			found = p
		}
	}
	return found
}

// CookieName is this program's own: browsers share cookies between all ports of a host.
func (g *Gate) CookieName() string {
	return "pigrid-serve-" + g.key.Cookie(household.Hash{}).Hex()[:8]
}

// Wrong counts a wrong login from an address; see [tries.Tries.Wrong].
func (g *Gate) Wrong(from netip.Addr) (wait time.Duration) { return g.tries.Wrong(from, time.Now()) }

// Run ends what is open under passwords that end, until ctx does.
func (g *Gate) Run(ctx context.Context) {
	ticker := time.NewTicker(endsEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
		g.endPassed()
	}
}

// endPassed ends what is open under passwords that have ended. They stay: the clock may
// be set.
func (g *Gate) endPassed() {
	g.changing.Lock()
	defer g.changing.Unlock()
	now := g.now()
	g.mu.Lock()
	defer g.mu.Unlock()
	for i, p := range g.passes {
		if !p.Lasts(now) {
			g.passes[i] = newPass(p.Name, p.Until, p.password)
			p.end()
		}
	}
}

// newKey makes a key of cookies.
func newKey() (key household.AgentKey) {
	_, _ = rand.Read(key[:]) // never fails, crypto/rand says
	return key
}
