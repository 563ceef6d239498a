package process

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"pigrid/shared/api"
)

// Holder is who uses a camera that is not free. What is not proven is nobody.
type Holder struct {
	Program string // "motion (process 345)", "" for one that is not known
	Own     bool   // it is one of this agent's own
}

// Because names the program that uses the camera, if it is known.
func (h Holder) Because(p api.Problem) api.Problem {
	switch {
	case h.Own:
		p.Message = "The camera is used by this agent already, perhaps for another camera on the same connection."
		p.Hint = "Watch one of the two at a time; if there is only one, restart the agent."
	case h.Program != "":
		p.Message = "The camera is used by " + h.Program + "."
		p.Hint = "Close that program. The picture then comes back without a restart."
	}
	return p
}

// LockedBy finds the program that has locked any of the files, the only one.
// Unlike open files, locks can be seen by every user. proc is where the kernel
// shows processes.
func LockedBy(proc string, files []string) Holder {
	pids := lockers(proc, files)
	if len(pids) != 1 {
		return Holder{}
	}
	return asHolder(proc, pids[0])
}

// OpenedBy finds the program that has a device open, the only one, if all
// programs of this machine can be seen.
func OpenedBy(proc, device string) Holder {
	entries, err := os.ReadDir(proc)
	if err != nil || device == "" || !seesAll(proc) {
		return Holder{}
	}
	var pids []string
	for _, e := range entries {
		if pid, err := strconv.Atoi(e.Name()); err != nil || pid == os.Getpid() {
			continue
		}
		holds, err := hasOpen(filepath.Join(proc, e.Name(), "fd"), device)
		if errors.Is(err, fs.ErrPermission) {
			return Holder{}
		}
		if holds {
			pids = append(pids, e.Name())
		}
	}
	if len(pids) != 1 {
		return Holder{}
	}
	return asHolder(proc, pids[0])
}

// firstNamespace is how the kernel calls the namespace of all processes
// (PROC_PID_INIT_INO). In another one, as containers have, most are not seen.
const firstNamespace = "pid:[4026531836]"

func seesAll(proc string) bool {
	namespace, err := os.Readlink(filepath.Join(proc, "self", "ns", "pid"))
	return err == nil && namespace == firstNamespace
}

// asHolder is a process as people know it, nobody when it is gone.
func asHolder(proc, pid string) Holder {
	if ours(proc, pid) {
		return Holder{Own: true}
	}
	name, err := os.ReadFile(filepath.Join(proc, pid, "comm"))
	if err != nil {
		return Holder{}
	}
	return Holder{Program: fmt.Sprintf("%s (process %s)", printable(string(name)), pid)}
}

// ours reports whether a process is one of our capture programs, or one that
// such a program has started. Those stay in the program's group, whose leader is
// a child of ours, too.
func ours(proc, pid string) bool {
	parent, leader := family(filepath.Join(proc, pid, "stat"))
	if parent == os.Getpid() {
		return true
	}
	parent, _ = family(filepath.Join(proc, strconv.Itoa(leader), "stat"))
	return parent == os.Getpid()
}

// family reads the parent's pid and that of the group's leader out of a stat
// file (proc_pid_stat(5)), 0 when it is not there.
func family(stat string) (parent, leader int) {
	data, err := os.ReadFile(stat)
	if err != nil {
		return 0, 0
	}
	// The name in brackets may hold anything.
	fields := strings.Fields(string(data[bytes.LastIndexByte(data, ')')+1:]))
	if len(fields) < 3 {
		return 0, 0
	}
	parent, _ = strconv.Atoi(fields[1])
	leader, _ = strconv.Atoi(fields[2])
	return parent, leader
}

// hasOpen reports whether one of a process's files is the device. The error says
// that they cannot be seen; a process that has just ended has none.
func hasOpen(fds, device string) (bool, error) {
	entries, err := os.ReadDir(fds)
	if err != nil {
		return false, err
	}
	for _, e := range entries {
		target, err := os.Readlink(filepath.Join(fds, e.Name()))
		switch {
		case errors.Is(err, fs.ErrPermission):
			return false, err
		case err == nil && target == device:
			return true, nil
		}
	}
	return false, nil
}

// printable makes a program's name fit for a sentence.
func printable(name string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7F {
			return -1
		}
		return r
	}, strings.ToValidUTF8(strings.TrimSpace(name), "?"))
}
