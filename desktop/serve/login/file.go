package login

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"pigrid/desktop/wholefile"
	"pigrid/shared/api"
	"pigrid/shared/household"
)

const (
	// fileName is what the passwords are kept in, in the state folder.
	fileName = "view.json"
	// maxFile bounds what is read of it, in bytes.
	maxFile = 16 << 10
)

// The file. Passwords are as people write them: this machine prints them.
type (
	kept struct {
		Key       household.Hash `json:"key"`
		Passwords []keptPassword `json:"passwords"`
		// Password was the only one before they had names.
		Password string `json:"password,omitempty"`
	}

	keptPassword struct {
		Name     string    `json:"name"`
		Password string    `json:"password"`
		Until    time.Time `json:"until,omitzero"`
	}
)

// Open returns the Gate whose passwords are kept in a state folder. If there are none, a
// first one is made.
func Open(dir string) (g *Gate, made bool, err error) {
	path := filepath.Join(dir, fileName)
	data, err := read(path)
	if errors.Is(err, fs.ErrNotExist) {
		g = &Gate{dir: dir, key: newKey(), now: time.Now}
		first := newPass(FirstName, time.Time{}, household.NewViewPassword())
		if err := g.replace([]*Pass{first}); err != nil {
			return nil, false, err
		}
		return g, true, nil
	}
	if err == nil {
		g, err = parse(data)
	}
	if err != nil {
		return nil, false, fmt.Errorf("the view passwords in %s cannot be read: %w. Without that file another one is made, and every browser must log in again", path, err)
	}
	g.dir = dir
	return g, false, nil
}

func read(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, maxFile))
}

// errKept says what is wrong with a file, and never what is in it.
var errKept = errors.New("it is damaged")

func parse(data []byte) (*Gate, error) {
	var k kept
	if json.Unmarshal(data, &k) != nil || k.Key == (household.Hash{}) {
		return nil, errKept
	}
	if k.Password != "" {
		k.Passwords = append([]keptPassword{{Name: FirstName, Password: k.Password}}, k.Passwords...)
	}
	if n := len(k.Passwords); n < 1 || n > MaxPasswords {
		return nil, errKept
	}
	g := &Gate{key: household.AgentKey(k.Key), now: time.Now}
	for _, one := range k.Passwords {
		password, err := household.ParseViewPassword(one.Password)
		if err != nil || !api.GoodName(one.Name) || g.Find(one.Name) != nil {
			return nil, errKept
		}
		g.passes = append(g.passes, newPass(one.Name, one.Until, password))
	}
	return g, nil
}

// replace keeps these passwords, and then lets them count. Those that are not among them
// end. After an error nothing has changed.
func (g *Gate) replace(passes []*Pass) error {
	k := kept{Key: household.Hash(g.key)}
	for _, p := range passes {
		k.Passwords = append(k.Passwords, keptPassword{p.Name, p.Reveal(), p.Until})
	}
	data, err := json.MarshalIndent(k, "", "  ")
	if err != nil {
		return err
	}
	if err := wholefile.Replace(filepath.Join(g.dir, fileName), append(data, '\n')); err != nil {
		return fmt.Errorf("the view passwords could not be kept, so nothing has changed: %w", err)
	}
	g.mu.Lock()
	before := g.passes
	g.passes = passes
	g.mu.Unlock()
	for _, p := range before {
		if !slices.Contains(passes, p) {
			p.end()
		}
	}
	return nil
}
