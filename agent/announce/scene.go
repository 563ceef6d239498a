package announce

import (
	"slices"
	"strings"

	"pigrid/shared/dnssd"
)

// scene is all that an announcement depends on and that may change by itself.
type scene struct {
	host  string
	links []dnssd.Link
}

func (s scene) equal(t scene) bool {
	return s.host == t.host && slices.EqualFunc(s.links, t.links, dnssd.Link.Equal)
}

// loopback reports whether only this machine can hear the announcement.
func (s scene) loopback() bool { return len(s.links) == 1 && s.links[0].Loopback() }

func (s scene) String() string {
	names := make([]string, len(s.links))
	for i, l := range s.links {
		names[i] = l.String()
	}
	return strings.Join(names, ", ")
}

// look reads the scene as it is.
func (a *Announcer) look() (scene, error) {
	links, err := a.links()
	if err != nil {
		return scene{}, err
	}
	host, err := a.hostname()
	if err != nil {
		return scene{}, err
	}
	return scene{host, choose(links, a.cfg.Interface)}, nil
}

// choose picks the interfaces to announce on: the one asked for, else all that
// other machines can be behind, else loopback.
func choose(links []dnssd.Link, only string) []dnssd.Link {
	var on, loopback []dnssd.Link
	for _, l := range links {
		switch {
		case only != "" && l.Name != only:
		case l.Multicast() && (only != "" || !l.Virtual()):
			on = append(on, l)
		case l.Loopback():
			loopback = append(loopback, l)
		}
	}
	if len(on) == 0 {
		return loopback[:min(1, len(loopback))]
	}
	return on
}
