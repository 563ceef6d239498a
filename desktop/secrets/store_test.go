package secrets

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// chain is a keychain in memory that can fail or wait for its owner.
type chain struct {
	kept map[string]string
	err  error
	wait chan struct{}
}

func (c *chain) answer() error {
	if c.wait != nil {
		<-c.wait
	}
	return c.err
}

func (c *chain) Set(name, secret string) error {
	if err := c.answer(); err != nil {
		return err
	}
	c.kept[name] = secret
	return nil
}

func (c *chain) Get(name string) (string, error) {
	if err := c.answer(); err != nil {
		return "", err
	}
	secret, ok := c.kept[name]
	if !ok {
		return "", ErrNotFound
	}
	return secret, nil
}

func (c *chain) Delete(name string) error {
	delete(c.kept, name)
	return c.answer()
}

func want(t *testing.T, s *Store, name, secret string) {
	t.Helper()
	got, err := s.Get(t.Context(), name)
	if got != secret || secret != "" && err != nil || secret == "" && !errors.Is(err, ErrNotFound) {
		t.Errorf("%s: %q, %v, want %q", name, got, err, secret)
	}
}

func TestKeychainComesFirst(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secrets.json")
	c := &chain{kept: map[string]string{}}
	s := New(c, path)
	if err := s.Set(t.Context(), "a", "geheim"); err != nil {
		t.Fatal(err)
	}
	want(t, s, "a", "geheim")
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file although the keychain works: %v", err)
	}
	if err := s.Delete(t.Context(), "a"); err != nil || len(c.kept) != 0 {
		t.Errorf("kept %v, %v", c.kept, err)
	}
	want(t, s, "a", "")
}

func TestFileWhereThereIsNoKeychain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pigrid", "secrets.json")
	c := &chain{kept: map[string]string{}, err: errNoBus}
	for _, name := range []string{"a", "b"} {
		if err := New(c, path).Set(t.Context(), name, "of "+name); err != nil {
			t.Fatal(err)
		}
	}
	again := New(c, path)
	want(t, again, "a", "of a")
	want(t, again, "b", "of b")
	info, err := os.Stat(path)
	if err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	for _, name := range []string{"a", "b", "never kept"} {
		if err := again.Delete(t.Context(), name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestNothingIsLostWithTheFile: the key of a household may be nowhere else. What is to be
// forgotten is in no copy.
func TestNothingIsLostWithTheFile(t *testing.T) {
	for name, spoil := range map[string]func(path string) error{
		"cut":  func(path string) error { return os.Truncate(path, 5) },
		"null": func(path string) error { return os.WriteFile(path, []byte("null"), 0o600) },
		"gone": os.Remove,
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "secrets.json")
			s := New(&chain{err: errNoBus}, path)
			for _, name := range []string{"a", "b"} {
				if err := s.Set(t.Context(), name, "of "+name); err != nil {
					t.Fatal(err)
				}
			}
			if err := spoil(path); err != nil {
				t.Fatal(err)
			}
			want(t, s, "a", "of a")
			if err := s.Delete(t.Context(), "b"); err != nil {
				t.Error(err)
			}
			if err := spoil(path); err != nil {
				t.Error(err)
			}
			want(t, s, "a", "of a")
			if got, err := s.Get(t.Context(), "b"); err == nil {
				t.Errorf("forgotten, and there again: %q", got)
			}
			if list, _ := filepath.Glob(path + "*"); len(list) == 0 {
				t.Error("nothing is left")
			}
		})
	}
}

// TestKeychainThatCameBack: what the file kept moves out of it.
func TestKeychainThatCameBack(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secrets.json")
	c := &chain{kept: map[string]string{}, err: errNoBus}
	s := New(c, path)
	if err := s.Set(t.Context(), "a", "old"); err != nil {
		t.Fatal(err)
	}
	c.err = nil
	want(t, s, "a", "old")
	if err := s.Set(t.Context(), "a", "new"); err != nil {
		t.Fatal(err)
	}
	want(t, s, "a", "new")
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the old one is still in the file: %v", err)
	}
}

func TestFileThatIsNoneOfOursIsLeftAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secrets.json")
	if err := os.WriteFile(path, []byte("not JSON"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := New(&chain{err: errNoBus}, path)
	if s.Set(t.Context(), "a", "x") == nil {
		t.Error("no error")
	}
	if data, _ := os.ReadFile(path); string(data) != "not JSON" {
		t.Errorf("overwritten with %q", data)
	}
	if New(&chain{err: errNoBus}, "").Set(t.Context(), "a", "x") == nil {
		t.Error("kept without a place for it")
	}
}

func TestKeychainThatWaitsForItsOwner(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &chain{kept: map[string]string{"a": "x"}, wait: make(chan struct{})}
		begin := time.Now()
		if _, err := New(c, "").Get(t.Context(), "a"); !errors.Is(err, context.DeadlineExceeded) || time.Since(begin) != patience {
			t.Errorf("%v after %v", err, time.Since(begin))
		}
		close(c.wait)
	})
}

// TestLateAnswersKeepTheirOrder: the owner unlocks the keychain after all, when
// several changes wait for it.
func TestLateAnswersKeepTheirOrder(t *testing.T) {
	for name, tt := range map[string]struct {
		last func(*Store, context.Context) error
		want string
	}{
		"changed again": {func(s *Store, ctx context.Context) error { return s.Set(ctx, "a", "newest") }, "newest"},
		"forgotten":     {func(s *Store, ctx context.Context) error { return s.Delete(ctx, "a") }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := &lateChain{chain: chain{kept: map[string]string{}}, answers: make(chan chan struct{}, 9)}
				path := filepath.Join(t.TempDir(), "secrets.json")
				s := New(c, path)
				for _, secret := range []string{"old", "new"} {
					if err := s.Set(t.Context(), "a", secret); err != nil {
						t.Fatal(err)
					}
					want(t, s, "a", secret)
				}
				if err := tt.last(s, t.Context()); err != nil {
					t.Fatal(err)
				}
				synctest.Wait()
				c.unlock(3)
				if c.kept["a"] != tt.want {
					t.Errorf("the keychain has %q", c.kept["a"])
				}
				if text, err := os.ReadFile(path); !errors.Is(err, fs.ErrNotExist) {
					t.Errorf("the file still has %s, %v", text, err)
				}
				if want(t, s, "a", tt.want); len(s.last) != 0 {
					t.Errorf("%d turns are remembered", len(s.last))
				}
			})
		})
	}
}

// lateChain is a keychain whose owner answers the question that was asked last first.
type lateChain struct {
	chain
	answers chan chan struct{}
}

// unlock answers this many questions.
func (c *lateChain) unlock(n int) {
	for range n {
		var open []chan struct{}
		for len(c.answers) > 0 {
			open = append(open, <-c.answers)
		}
		slices.Reverse(open)
		for _, answer := range open {
			close(answer)
			synctest.Wait()
		}
	}
}

func (c *lateChain) waitForOwner() {
	answer := make(chan struct{})
	c.answers <- answer
	<-answer
}

func (c *lateChain) Set(name, secret string) error {
	c.waitForOwner()
	return c.chain.Set(name, secret)
}

func (c *lateChain) Delete(name string) error {
	c.waitForOwner()
	return c.chain.Delete(name)
}

func TestSystemWithoutABus(t *testing.T) {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		t.Skip("this system always has a keychain")
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "")
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	t.Setenv("PATH", "") // no dbus-launch
	s := New(System{}, filepath.Join(t.TempDir(), "secrets.json"))
	if err := s.Set(t.Context(), "a", "x"); err != nil {
		t.Fatal(err)
	}
	want(t, s, "a", "x")
	want(t, s, "b", "")
}

// TestSystemWithABusThatDoesNotAnswer: what the library says then is no reason
// to lose the secret.
func TestSystemWithABusThatDoesNotAnswer(t *testing.T) {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		t.Skip("this system has no bus")
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+filepath.Join(t.TempDir(), strings.Repeat("x", 20)))
	s := New(System{}, filepath.Join(t.TempDir(), "secrets.json"))
	if err := s.Set(t.Context(), "a", "x"); err != nil {
		t.Fatal(err)
	}
	want(t, s, "a", "x")
}
