// Package export writes the configuration of other programs for the cameras of
// pigrid-serve: where each is, under one address and one password.
package export

import (
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"unicode"
)

// Camera is one that is known.
type Camera struct {
	Key   string // valid
	Name  string // whatever the network says
	Video string // path of its stream
	Still string // path of its newest picture
}

// Source is the pigrid-serve that programs ask.
type Source struct {
	Address string // host:port
	Login   bool   // they need the view password
	Cameras []Camera
}

// program is one that a configuration is written for.
type program struct {
	name  string
	write func(io.Writer, Source) error
}

// programs are all, in the order in which they are listed.
var programs = [...]program{
	{"go2rtc", go2rtc},
	{"frigate", frigate},
	{"mediamtx", mediamtx},
	{"homeassistant", homeAssistant},
	{"prometheus", prometheus},
	{"caddy", caddy},
}

// Programs are the names of all programs.
func Programs() []string {
	var names []string
	for _, p := range programs {
		names = append(names, p.name)
	}
	return names
}

// Write writes the configuration of a program, one of [Programs].
func Write(w io.Writer, name string, s Source) error {
	for _, p := range programs {
		if p.name == name {
			return p.write(w, s)
		}
	}
	return fmt.Errorf("there is no export for %q, only for %s", name, strings.Join(Programs(), ", "))
}

// id is what a camera is called in other programs: letters, digits, - and _ only. It
// follows from the key, so that it stays when a camera is renamed.
func id(key string) string {
	return strings.NewReplacer("agent:", "", "url:", "url-", "/", "_").Replace(key)
}

// url is an address that a program opens. secret is how its configuration names the view
// password.
func (s Source) url(path, secret string) string {
	if !s.Login {
		return "http://" + s.Address + path
	}
	return "http://x:" + secret + "@" + s.Address + path
}

// host is the address without its port.
func (s Source) host() string {
	host, _, _ := net.SplitHostPort(s.Address)
	return host
}

// proxyAt is the address that a proxy on the same machine has for pigrid-serve.
func (s Source) proxyAt() string {
	if ip, err := netip.ParseAddr(s.host()); err == nil {
		return ip.String()
	}
	return "127.0.0.1"
}

// plain is a name as a comment or a terminal may have it: on one line.
func plain(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar {
			return ' '
		}
		return r
	}, name)
}
