package capture

import (
	"os"
	"os/user"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"

	"pigrid/shared/api"
)

// videoGroup is whom Raspberry Pi OS gives cameras and their memory to.
const videoGroup = "video"

var deviceName = regexp.MustCompile(`/dev/[A-Za-z0-9_/-]{1,60}`)

// denied names the device that a program was not let use, if it said which.
func denied(line string, p api.Problem) api.Problem {
	if device := deviceName.FindString(line); device != "" {
		p.Message = "The agent may not use " + device + ", which the camera needs."
	}
	return p
}

// noHeap says why libcamera gets no memory for pictures: dev has no dma_heap, or
// the agent may not use it.
func noHeap(dev string) api.Problem {
	if heaps, _ := os.ReadDir(filepath.Join(dev, "dma_heap")); len(heaps) == 0 {
		return api.Problem{
			Code: api.CodeDMAHeapMissing, Message: "This system has no /dev/dma_heap, from which the camera gets its memory.",
			Hint: "In a container, hand it in (--device /dev/dma_heap). Else use a kernel that has it, as that of Raspberry Pi OS does.",
		}
	}
	return api.Problem{
		Code: api.CodePermission, Message: "The agent may not use /dev/dma_heap, from which the camera gets its memory.",
		Hint: rightsHint() + " If /dev/dma_heap belongs to root alone, install raspberrypi-sys-mods and restart the Pi.",
	}
}

// rightsHint is what helps a program without rights.
func rightsHint() string { return rightsHintFor(whoIAm()) }

// rightsHintFor is rightsHint for a user, known to be in the group video or not.
func rightsHintFor(name string, member bool) string {
	if member {
		return "Its user has the rights of the group video already: what confines the agent, a container or its service's DevicePolicy, must let it use /dev/media*, /dev/video*, /dev/v4l-subdev* and /dev/dma_heap."
	}
	return "Add its user to the groups video and render (sudo usermod -aG video,render " + name + "), then log in again or restart its service."
}

// whoIAm returns the name of the agent's user, and whether this process has the
// rights of the group video.
func whoIAm() (name string, member bool) {
	name = "NAME"
	if me, err := user.Current(); err == nil && me.Username != "" {
		name = me.Username
	}
	group, err := user.LookupGroup(videoGroup)
	if err != nil {
		return name, os.Geteuid() == 0
	}
	gid, _ := strconv.Atoi(group.Gid)
	groups, _ := os.Getgroups()
	return name, os.Geteuid() == 0 || os.Getegid() == gid || slices.Contains(groups, gid)
}
