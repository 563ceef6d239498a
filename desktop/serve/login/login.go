// Package login says which browsers and programs may watch: those that send the view
// password of this program, or the cookie that a browser got for it.
package login

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"time"

	"pigrid/desktop/wholefile"
	"pigrid/shared/household"
	"pigrid/shared/tries"
)

const (
	// fileName is what the password is kept in, in the state folder.
	fileName = "view.json"
	// maxFile bounds what is read of it, in bytes.
	maxFile = 4 << 10
	// CookieTime is how long a browser stays logged in.
	CookieTime = 180 * 24 * time.Hour
)

// floor is a time that has passed: a clock that says less is wrong, as a Pi's is that
// boots without a network.
var floor = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)

// Gate knows the view password. It is safe for concurrent use.
type Gate struct {
	password household.ViewPassword
	key      household.AgentKey // of cookies
	tries    tries.Tries
	now      func() time.Time
}

// kept is what the file has.
type kept struct {
	Password string         `json:"password"` // as people write it: this machine prints it
	Key      household.Hash `json:"key"`
}

// Open returns the Gate whose password is kept in a state folder. If there is none, it
// is made.
func Open(dir string) (g *Gate, made bool, err error) {
	path := filepath.Join(dir, fileName)
	g, err = read(path)
	if errors.Is(err, fs.ErrNotExist) {
		g, err = Renew(dir)
		return g, err == nil, err
	}
	if err != nil {
		return nil, false, fmt.Errorf("the view password in %s cannot be read: %w. Without that file another one is made, and every browser must log in again", path, err)
	}
	return g, false, nil
}

// Renew makes another password and keeps it. Cookies of the one before end.
func Renew(dir string) (*Gate, error) {
	g := &Gate{password: household.NewViewPassword(), now: time.Now}
	_, _ = rand.Read(g.key[:]) // never fails, crypto/rand says
	data, err := json.Marshal(kept{g.password.Reveal(), household.Hash(g.key)})
	if err != nil {
		return nil, err
	}
	if err := wholefile.Replace(filepath.Join(dir, fileName), append(data, '\n')); err != nil {
		return nil, fmt.Errorf("the view password could not be kept: %w", err)
	}
	return g, nil
}

func read(path string) (*Gate, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxFile))
	if err != nil {
		return nil, err
	}
	return parse(data)
}

// errKept says what is wrong with a file, and never what is in it.
var errKept = errors.New("it is damaged")

func parse(data []byte) (*Gate, error) {
	var k kept
	if json.Unmarshal(data, &k) != nil || k.Key == (household.Hash{}) {
		return nil, errKept
	}
	password, err := household.ParseViewPassword(k.Password)
	if err != nil {
		return nil, errKept
	}
	return &Gate{password: password, key: household.AgentKey(k.Key), now: time.Now}, nil
}

// Password is what browsers and programs log in with.
func (g *Gate) Password() household.ViewPassword { return g.password }

// View reports whether somebody who typed this may watch.
func (g *Gate) View(typed string) bool {
	v, err := household.ParseViewPassword(typed)
	return err == nil && v.Hash().Equal(g.password.Hash())
}

// NewCookie is what a browser keeps from now on.
func (g *Gate) NewCookie() string {
	now := g.now()
	if now.Before(floor) {
		now = floor // or it would have ended when the clock is set
	}
	return g.key.NewCookie(g.password.Hash(), now.Add(CookieTime))
}

// Cookie reports whether a browser with this cookie may watch.
func (g *Gate) Cookie(value string) bool {
	return g.key.Signed(value, g.password.Hash(), g.now())
}

// CookieName is this program's own: browsers share cookies between all ports of a host.
func (g *Gate) CookieName() string {
	return "pigrid-serve-" + g.key.Cookie(household.Hash{}).Hex()[:8]
}

// Wrong counts a wrong login from an address; see [tries.Tries.Wrong].
func (g *Gate) Wrong(from netip.Addr) (wait time.Duration) { return g.tries.Wrong(from, time.Now()) }
