package main

import (
	"os"
	"path/filepath"
	"syscall"
)

// giveBack hands files that root has written into a state folder to the folder's owner:
// the service, which is not root, must read them.
func giveBack(dir string) {
	top, err := os.Stat(dir)
	if os.Geteuid() != 0 || err != nil {
		return
	}
	owner, ok := top.Sys().(*syscall.Stat_t)
	if !ok || owner.Uid == 0 {
		return
	}
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		// A second name of the same file may lie anywhere.
		if is, ok := info.Sys().(*syscall.Stat_t); ok && is.Uid == 0 && is.Nlink == 1 {
			_ = os.Lchown(filepath.Join(dir, e.Name()), int(owner.Uid), int(owner.Gid))
		}
	}
}
