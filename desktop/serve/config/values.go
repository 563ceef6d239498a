package config

import (
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// hostPattern is a name of a machine.
var hostPattern = regexp.MustCompile(`^[A-Za-z0-9_]([A-Za-z0-9_.-]{0,251}[A-Za-z0-9_.])?$`)

func listen(into *string) parser {
	return func(s string) error {
		host, port, err := net.SplitHostPort(s)
		if err == nil {
			_, err = strconv.ParseUint(port, 10, 16)
		}
		if err == nil && host != "" && !hostPattern.MatchString(host) {
			_, err = netip.ParseAddr(host)
		}
		if err != nil {
			return errors.New("it must be an address and a port like :8088 or 127.0.0.1:8088")
		}
		*into = s
		return nil
	}
}

func path(into *string, want string) parser {
	return func(s string) error {
		if !filepath.IsAbs(s) || strings.ContainsRune(s, 0) {
			return errors.New("it must be the absolute path of a " + want)
		}
		*into = s
		return nil
	}
}

func hosts(into *[]string) parser {
	return func(s string) error {
		if !hostPattern.MatchString(s) {
			return errors.New("it must be a host name like cameras.example.org")
		}
		*into = append(*into, strings.TrimSuffix(s, "."))
		return nil
	}
}

// proxies is like networks, and trusts nobody by mistake.
func proxies(into *[]netip.Prefix) parser {
	return func(s string) error {
		var list []netip.Prefix
		if networks(&list)(s) != nil || list[0].Bits() == 0 {
			return errors.New("it must be the proxy's address or network like 192.168.1.2")
		}
		*into = append(*into, list...)
		return nil
	}
}

func site(into *string) parser {
	return func(s string) error {
		if !hostPattern.MatchString(s) || len(s) > 64 {
			return errors.New("it must be a name like home")
		}
		*into = s
		return nil
	}
}

// maxURL is how long a URL may be, in bytes.
const maxURL = 2048

func webhook(into **url.URL) parser {
	return func(s string) error {
		u, err := url.Parse(s)
		if err != nil || len(s) > maxURL || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.Fragment != "" {
			return errors.New("it must be a URL like https://ntfy.sh/my-cameras")
		}
		*into = u
		return nil
	}
}

// headerPattern is a name of a header that no program needs for itself.
var headerPattern = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]{0,63}$`)

func header(into *string) parser {
	return func(s string) error {
		name := http.CanonicalHeaderKey(s)
		if !headerPattern.MatchString(s) || slices.Contains([]string{"Host", "Cookie", "Authorization", "Origin", "Accept", "Accept-Encoding", "Accept-Language", "Connection", "User-Agent", "Referer", "Forwarded", "Via", "X-Real-Ip"}, name) || strings.HasPrefix(name, "X-Forwarded-") || strings.HasPrefix(name, "Sec-") {
			return errors.New("it must be the name of a header like Remote-User")
		}
		*into = name
		return nil
	}
}

func networks(into *[]netip.Prefix) parser {
	return func(s string) error {
		p, err := netip.ParsePrefix(s)
		if addr, isAddr := netip.ParseAddr(s); isAddr == nil {
			addr = addr.WithZone("").Unmap()
			p, err = netip.PrefixFrom(addr, addr.BitLen()), nil
		}
		if err != nil || p.Addr().Is4In6() || p.Addr().IsMulticast() || p.Addr().IsUnspecified() && p.IsSingleIP() {
			return errors.New("it must be a network or an address like 203.0.113.0/24")
		}
		*into = append(*into, p.Masked())
		return nil
	}
}
