package main

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestRootGivesBack: what root writes into the service's folder belongs to the service.
func TestRootGivesBack(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can be mistaken for the service")
	}
	const service = 61200
	m := newMachine(t)
	if err := os.MkdirAll(m.dir(), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(m.dir(), service, service); err != nil {
		t.Fatal(err)
	}
	elsewhere := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(elsewhere, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, link := range map[string]func(string, string) error{"secrets.json": os.Link, "history.json": os.Symlink} {
		if err := link(elsewhere, filepath.Join(m.dir(), name)); err != nil {
			t.Skip(err)
		}
	}
	m.must("", "password")
	owner := func(path string) uint32 {
		t.Helper()
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		return info.Sys().(*syscall.Stat_t).Uid
	}
	if got := owner(filepath.Join(m.dir(), "view.json")); got != service {
		t.Errorf("the view password belongs to user %d", got)
	}
	if got := owner(elsewhere); got != 0 {
		t.Errorf("a file elsewhere belongs to user %d", got)
	}
}
