package process

import (
	"os"
	"os/user"
	"slices"
	"strconv"
)

// videoGroup is whom Raspberry Pi OS gives cameras and their memory to.
const videoGroup = "video"

// RightsHint is what helps a program that may not use a camera.
func RightsHint() string { return rightsHintFor(whoIAm()) }

// rightsHintFor is RightsHint for a user, known to be in the group video or not.
func rightsHintFor(name string, member bool) string {
	if member {
		return "Its user is in the group video already. The container or the service's DevicePolicy must also allow /dev/media*, /dev/video*, /dev/v4l-subdev* and /dev/dma_heap."
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
