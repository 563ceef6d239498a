package config

import (
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/pflag"
)

// value is one setting as pflag sees it: the same check serves flags, the
// environment and the file.
type value struct {
	text  string
	kind  string
	list  bool // may be given more than once
	given bool
	set   func(string) error
}

func (v *value) String() string { return v.text }
func (v *value) Type() string   { return v.kind }
func (v *value) Set(s string) error {
	if err := v.set(s); err != nil {
		return err
	}
	if v.list && v.given {
		s = v.text + "," + s
	}
	v.text, v.given = s, true
	return nil
}

var _ pflag.Value = (*value)(nil)

const (
	minSide, maxSide = 16, 16384
	maxFramerate     = 1000
	maxNameBytes     = 100
)

var (
	modePattern   = regexp.MustCompile(`^(auto|[1-9]\d{1,4}:[1-9]\d{1,4}(:\d{1,2}(:[PU])?)?)$`)
	cameraPattern = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`)
	ifacePattern  = regexp.MustCompile(`^[^\s/]{1,15}$`)
)

func integer(into *int, low, high int) func(string) error {
	return func(s string) error {
		n, err := strconv.Atoi(s)
		if err != nil || n < low || n > high {
			return fmt.Errorf("it must be a whole number from %d to %d", low, high)
		}
		*into = n
		return nil
	}
}

func framerate(into *float64) func(string) error {
	return func(s string) error {
		f, err := strconv.ParseFloat(s, 64)
		if err != nil || !(f >= 0.01 && f <= maxFramerate) {
			return fmt.Errorf("it must be a number from 0.01 to %d", maxFramerate)
		}
		*into = f
		return nil
	}
}

func pattern(into *string, re *regexp.Regexp, want string) func(string) error {
	return func(s string) error {
		if !re.MatchString(s) {
			return fmt.Errorf("it must be %s", want)
		}
		*into = s
		return nil
	}
}

func name(into *string) func(string) error {
	return func(s string) error {
		s = strings.TrimSpace(s)
		if s == "" || len(s) > maxNameBytes || !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl) {
			return fmt.Errorf("it must be 1 to %d bytes of text without control characters", maxNameBytes)
		}
		*into = s
		return nil
	}
}

func listen(into *string) func(string) error {
	return func(s string) error {
		_, port, err := net.SplitHostPort(s)
		if err == nil {
			_, err = strconv.ParseUint(port, 10, 16)
		}
		if err != nil {
			return fmt.Errorf("it must be an address and a port like :8080 or 127.0.0.1:8080")
		}
		*into = s
		return nil
	}
}

func source(into *string) func(string) error {
	return func(s string) error {
		command, isExec := strings.CutPrefix(s, "exec:")
		switch {
		case s == "auto", s == "rpicam", s == "pattern":
		case isExec && strings.TrimSpace(command) != "":
		default:
			return fmt.Errorf("it must be auto, rpicam, pattern or exec:COMMAND")
		}
		*into = s
		return nil
	}
}

func cameras(into *[]string) func(string) error {
	return func(s string) error {
		for one := range strings.SplitSeq(s, ",") {
			if one = strings.TrimSpace(one); !cameraPattern.MatchString(one) {
				return fmt.Errorf("it must be a camera's id or index like imx708 or 0")
			}
			*into = append(*into, one)
		}
		return nil
	}
}

func hosts(into *[]string) func(string) error {
	return func(s string) error {
		for one := range strings.SplitSeq(s, ",") {
			one = strings.TrimSuffix(strings.ToLower(strings.TrimSpace(one)), ".")
			if one == "" || strings.ContainsAny(one, "/: \t") {
				return fmt.Errorf("it must be a host name without port like cam.example.org")
			}
			*into = append(*into, one)
		}
		return nil
	}
}

func origins(into *[]string) func(string) error {
	return func(s string) error {
		for one := range strings.SplitSeq(s, ",") {
			one = strings.TrimSuffix(strings.TrimSpace(one), "/")
			u, err := url.Parse(one)
			if one != "*" && (err != nil || u.Host == "" || u.Path != "" || u.Scheme != "http" && u.Scheme != "https") {
				return fmt.Errorf("it must be an origin like http://192.168.1.5:3000, or *")
			}
			*into = append(*into, one)
		}
		return nil
	}
}

func networks(into *[]netip.Prefix) func(string) error {
	return func(s string) error {
		for one := range strings.SplitSeq(s, ",") {
			one = strings.TrimSpace(one)
			p, err := netip.ParsePrefix(one)
			if addr, addrErr := netip.ParseAddr(one); addrErr == nil {
				p, err = netip.PrefixFrom(addr.WithZone(""), addr.BitLen()), nil
			}
			if err != nil {
				return fmt.Errorf("it must be a network or an address like 203.0.113.0/24")
			}
			*into = append(*into, p.Masked())
		}
		return nil
	}
}

func idle(into *time.Duration) func(string) error {
	return func(s string) error {
		if s == "never" {
			*into = -1
			return nil
		}
		d, err := time.ParseDuration(s)
		if err != nil || d < 0 {
			return fmt.Errorf("it must be a time like 30s or 5m, or never")
		}
		*into = d
		return nil
	}
}

func boolean(into *bool) func(string) error {
	return func(s string) error {
		b, err := strconv.ParseBool(s)
		if err != nil {
			return fmt.Errorf("it must be true or false")
		}
		*into = b
		return nil
	}
}

func level(into *slog.Level) func(string) error {
	return func(s string) error {
		if into.UnmarshalText([]byte(s)) != nil {
			return fmt.Errorf("it must be debug, info, warn or error")
		}
		return nil
	}
}

func logFormat(into *bool) func(string) error {
	return func(s string) error {
		if s != "text" && s != "json" {
			return fmt.Errorf("it must be text or json")
		}
		*into = s == "json"
		return nil
	}
}

func path(into *string) func(string) error {
	return func(s string) error {
		if s == "" || strings.ContainsRune(s, 0) {
			return fmt.Errorf("it must be the path of a folder")
		}
		*into = s
		return nil
	}
}
