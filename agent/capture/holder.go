package capture

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"pigrid/shared/api"
)

// holder is who uses a camera that is not free. What is not proven is nobody.
type holder struct {
	program string // "motion (process 345)", "" for one that is not known
	own     bool   // it is one of this agent's own
}

// because names the program that uses the camera, if it is known.
func (h holder) because(p api.Problem) api.Problem {
	switch {
	case h.own:
		p.Message = "The camera is used by this agent already, perhaps for another camera on the same connection."
		p.Hint = "Watch one of the two at a time; if there is only one, restart the agent."
	case h.program != "":
		p.Message = "The camera is used by " + h.program + "."
		p.Hint = "Close that program; the picture comes back by itself."
	}
	return p
}

var (
	// registration is libcamera's: "Registered camera /base/…/imx219@10 to Unicam
	// device /dev/media3 and ISP device /dev/media0".
	registration = regexp.MustCompile(`Registered camera (\S+) to `)
	mediaDevice  = regexp.MustCompile(` device (/\S+)`)
)

// mediaDevices returns the media devices of a sensor, from what libcamera said
// at the start. It locks all of them while it uses the sensor.
func mediaDevices(said []string, path string) (files []string) {
	for _, line := range said {
		if m := registration.FindStringSubmatch(line); m == nil || m[1] != path {
			continue
		}
		for _, m := range mediaDevice.FindAllStringSubmatch(line, 4) {
			files = append(files, m[1])
		}
	}
	return files
}

// sensorHolder finds the program that keeps libcamera from a sensor at a path:
// the only one that has locked its media devices. Unlike open files, locks can be
// seen by every user.
func sensorHolder(proc, path string, said []string) holder {
	pids := lockers(proc, mediaDevices(said, path))
	if len(pids) != 1 {
		return holder{}
	}
	return asHolder(proc, pids[0])
}

// deviceHolder finds the program that has a device open, the only one, if all
// programs of this machine can be seen.
func deviceHolder(proc, device string) holder {
	entries, err := os.ReadDir(proc)
	if err != nil || device == "" || !seesAll(proc) {
		return holder{}
	}
	var pids []string
	for _, e := range entries {
		if pid, err := strconv.Atoi(e.Name()); err != nil || pid == os.Getpid() {
			continue
		}
		holds, err := hasOpen(filepath.Join(proc, e.Name(), "fd"), device)
		if errors.Is(err, fs.ErrPermission) {
			return holder{}
		}
		if holds {
			pids = append(pids, e.Name())
		}
	}
	if len(pids) != 1 {
		return holder{}
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
func asHolder(proc, pid string) holder {
	if ours(proc, pid) {
		return holder{own: true}
	}
	name, err := os.ReadFile(filepath.Join(proc, pid, "comm"))
	if err != nil {
		return holder{}
	}
	return holder{program: fmt.Sprintf("%s (process %s)", printable(string(name)), pid)}
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
