package secrets

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"os"
	"sync"
	"time"

	"pigrid/desktop/wholefile"
)

// patience is how long a keychain may take: it may ask its owner to unlock it.
const patience = time.Minute

// maxFile bounds what is read of the file.
const maxFile = 1 << 20

// ErrNotFound says that no secret of this name is kept.
var ErrNotFound = errors.New("no such secret")

// Keychain keeps secrets by name; [System] is the real one. Get wraps
// [ErrNotFound] when it keeps none of that name.
type Keychain interface {
	Set(name, secret string) error
	Get(name string) (string, error)
	Delete(name string) error
}

// Store keeps secrets in a Keychain, or in a file when that fails. It is safe
// for concurrent use.
type Store struct {
	chain Keychain
	path  string
	mu    sync.Mutex // guards the file

	turns sync.Mutex
	last  map[string]chan struct{} // by name: closed when the last change ended
}

// New makes a Store. The file at path is written only when the Keychain fails;
// with the empty path nothing is kept then.
func New(chain Keychain, path string) *Store {
	return &Store{chain: chain, path: path, last: map[string]chan struct{}{}}
}

// Set keeps a secret.
func (s *Store) Set(ctx context.Context, name, secret string) error {
	err := s.inTurn(ctx, name, func() error {
		if err := s.chain.Set(name, secret); err != nil {
			return err
		}
		// Perhaps nobody waits any more, and it is in the file for that reason.
		return s.change(func(kept map[string]string) {
			if kept[name] == secret {
				delete(kept, name)
			}
		})
	})
	if err == nil {
		return s.change(func(kept map[string]string) { delete(kept, name) })
	}
	return s.change(func(kept map[string]string) { kept[name] = secret })
}

// Get returns a secret, or an error that wraps [ErrNotFound].
func (s *Store) Get(ctx context.Context, name string) (string, error) {
	s.mu.Lock()
	kept, err := s.read()
	s.mu.Unlock()
	if secret, ok := kept[name]; ok {
		return secret, nil
	}
	if err != nil {
		return "", err
	}
	return within(ctx, func() (string, error) { return s.chain.Get(name) })
}

// Delete forgets a secret. One that is not kept is no error.
func (s *Store) Delete(ctx context.Context, name string) error {
	// What the keychain does not give away is not ours to force.
	_ = s.inTurn(ctx, name, func() error { return s.chain.Delete(name) })
	return s.change(func(kept map[string]string) { delete(kept, name) })
}

// inTurn changes a secret in the keychain once the changes before it have ended,
// also those that nobody waits for any more: what was asked for last stands.
func (s *Store) inTurn(ctx context.Context, name string, change func() error) error {
	s.turns.Lock()
	before, done := s.last[name], make(chan struct{})
	s.last[name] = done
	s.turns.Unlock()
	_, err := within(ctx, func() (string, error) {
		defer s.leave(name, done)
		if before != nil {
			<-before
		}
		return "", change()
	})
	return err
}

// leave lets the next change of a secret begin.
func (s *Store) leave(name string, done chan struct{}) {
	s.turns.Lock()
	defer s.turns.Unlock()
	close(done)
	if s.last[name] == done {
		delete(s.last, name)
	}
}

// within runs ask for at most the patience. A keychain that waits for its owner
// cannot be told to stop: its goroutine ends when the question on the screen is
// answered.
func within(ctx context.Context, ask func() (string, error)) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	type answer struct {
		secret string
		err    error
	}
	answers := make(chan answer, 1)
	go func() {
		secret, err := ask()
		answers <- answer{secret, err}
	}()
	select {
	case a := <-answers:
		return a.secret, a.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// read returns what the file keeps, or its copy when it is damaged or gone.
func (s *Store) read() (map[string]string, error) {
	kept, err := read(s.path)
	if s.path == "" || err == nil {
		return kept, err
	}
	if spare, failed := read(wholefile.CopyOf(s.path)); failed == nil {
		return spare, nil
	}
	if errors.Is(err, fs.ErrNotExist) {
		return kept, nil
	}
	return kept, err
}

// read returns what a file keeps.
func read(path string) (map[string]string, error) {
	kept := map[string]string{}
	if path == "" {
		return kept, nil
	}
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return kept, err
	case !info.Mode().IsRegular() || info.Size() > maxFile:
		return kept, errors.New(path + " is not a file of secrets")
	}
	data, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(data, &kept)
	}
	if err == nil && kept == nil {
		err = errors.New(path + " is not a file of secrets")
	}
	return kept, err
}

// change rewrites the file and its copy when that makes a difference. Files that cannot
// be read are left alone.
func (s *Store) change(change func(map[string]string)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	kept, err := s.read()
	if err != nil {
		return err
	}
	before := maps.Clone(kept)
	change(kept)
	switch {
	case maps.Equal(before, kept):
		return nil
	case s.path == "":
		return errors.New("there is no folder to keep it in")
	case len(kept) == 0: // the copy first: without the file it would be believed
		return errors.Join(remove(wholefile.CopyOf(s.path)), remove(s.path))
	}
	data, err := json.Marshal(kept)
	if err != nil {
		return err
	}
	if err := wholefile.Replace(s.path, data); err != nil {
		return err
	}
	if wholefile.Replace(wholefile.CopyOf(s.path), data) != nil {
		return remove(wholefile.CopyOf(s.path)) // an older one has what is to be forgotten
	}
	return nil
}

// remove removes a file that may not be there.
func remove(path string) error {
	if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
