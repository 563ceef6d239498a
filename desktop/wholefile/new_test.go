package wholefile

import (
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"testing"
)

// noLink is a file system without links.
func noLink(from, to string) error {
	return &os.LinkError{Op: "link", Old: from, New: to, Err: syscall.EPERM}
}

var links = map[string]func(from, to string) error{"with links": os.Link, "without": noLink}

// names are a.txt, a 2.txt, a 3.txt.
func names() iter.Seq[string] { return slices.Values([]string{"a.txt", "a 2.txt", "a 3.txt"}) }

func content(text string) func(*os.File) error {
	return func(f *os.File) error { _, err := f.WriteString(text); return err }
}

// files has what is in a folder.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range list {
		data, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all[f.Name()] = string(data)
	}
	return all
}

func TestNamesThatAreInUse(t *testing.T) {
	for how, link := range links {
		t.Run(how, func(t *testing.T) {
			dir := t.TempDir()
			for i, want := range []string{"a.txt", "a 2.txt", "a 3.txt", ""} {
				path, err := newFile(dir, names(), content(fmt.Sprint(i)), link)
				if want == "" {
					if !errors.Is(err, fs.ErrExist) {
						t.Errorf("got %v", err)
					}
				} else if err != nil || path != filepath.Join(dir, want) {
					t.Errorf("got %s, %v, want %s", path, err, want)
				}
			}
			if got := fmt.Sprint(files(t, dir)); got != "map[a 2.txt:1 a 3.txt:2 a.txt:0]" {
				t.Errorf("got %s", got)
			}
		})
	}
}

func TestNothingIsLeftOfAFailure(t *testing.T) {
	for how, link := range links {
		t.Run(how, func(t *testing.T) {
			dir := t.TempDir()
			path, err := newFile(dir, names(), func(f *os.File) error {
				return errors.Join(content("half")(f), syscall.ENOSPC)
			}, link)
			if !errors.Is(err, syscall.ENOSPC) || path != "" || len(files(t, dir)) != 0 {
				t.Errorf("got %q, %v; left: %v", path, err, files(t, dir))
			}
			if _, err := newFile(filepath.Join(dir, "none"), names(), content("x"), link); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestManyAtOnceGetNamesOfTheirOwn(t *testing.T) {
	for how, link := range links {
		t.Run(how, func(t *testing.T) {
			dir := t.TempDir()
			var wg sync.WaitGroup
			for i := range 3 {
				wg.Go(func() {
					if _, err := newFile(dir, names(), content(fmt.Sprint(i)), link); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			got := slices.Sorted(func(yield func(string) bool) {
				for _, text := range files(t, dir) {
					if !yield(text) {
						return
					}
				}
			})
			if !slices.Equal(got, []string{"0", "1", "2"}) {
				t.Errorf("got %v", files(t, dir))
			}
		})
	}
}
